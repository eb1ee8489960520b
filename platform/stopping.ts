let stopping = false;

/** Said once, by runProcess: from then on the process is not ready, and takes leave of whoever still asks it. */
export function noteStopping(): void {
  stopping = true;
}

export const isStopping = (): boolean => stopping;
