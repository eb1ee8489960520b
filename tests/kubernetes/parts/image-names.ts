/** Built from this checkout. */
export const OURS = 'holdfast:local';

/** The same with a changed Saga. */
export const CHANGED = 'holdfast:changed';
