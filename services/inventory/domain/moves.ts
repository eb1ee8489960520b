import type { ReservationStatus } from './reservation.js';

/** From one status to the next, and what each unit of the line then adds to the product's stock level. */
export interface Move {
  to: ReservationStatus;
  quantity: 0 | 1;
  reserved: 0 | -1;
}

/** For each status the move to make; none where it was made before or there is nothing to move. */
type Moves = Record<ReservationStatus, Move | 'none' | 'impossible'>;

/** Gives back what is held, or what was delivered and came back. */
export const RELEASE = {
  HELD: { to: 'RELEASED', quantity: 1, reserved: -1 },
  COMMITTED: { to: 'RETURNED', quantity: 1, reserved: 0 },
  RELEASED: 'none',
  RETURNED: 'none',
  REFUSED: 'none',
} as const satisfies Moves;

/** What is held leaves the books. What is not held can't have been delivered: somebody has to look. */
export const COMMIT = {
  HELD: { to: 'COMMITTED', quantity: 0, reserved: -1 },
  COMMITTED: 'none',
  RELEASED: 'impossible',
  RETURNED: 'impossible',
  REFUSED: 'impossible',
} as const satisfies Moves;
