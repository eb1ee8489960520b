/** The simulated provider's name for a hold that was not taken in its time. */
export const HOLD_EXPIRED = 'hold_expired';

/** How long most cards' banks hold money, in milliseconds. */
const HELD_FOR_MS = 7 * 86_400_000;

/** The same by a method whose hold is so short that its end can be seen. */
const HELD_SHORTLY_MS = 1_000;
const SHORT_METHOD = 'card_hold_expires';

/** Money that a bank sends can't be held: it comes, or does not. */
export const canBeHeld = (method: string): boolean => !method.startsWith('bank_transfer');

/** What becomes of a charge that is made now: it is taken, or held. */
export function madeNow({ hold, method }: { hold: boolean; method: string }): {
  status: 'HELD' | 'CHARGED';
  holdExpiresAt: Date | null;
} {
  if (!hold) return { status: 'CHARGED', holdExpiresAt: null };
  const heldForMs = method === SHORT_METHOD ? HELD_SHORTLY_MS : HELD_FOR_MS;
  return { status: 'HELD', holdExpiresAt: new Date(Date.now() + heldForMs) };
}
