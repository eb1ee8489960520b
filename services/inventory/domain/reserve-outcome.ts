import type { InsufficientStock } from '../../../contracts/refusals.js';
import { statusOf } from './reservation.js';
import type { ReservationStatus, ReservedLine } from './reservation.js';

export type ReserveOutcome =
  { outcome: 'reserved' } | ({ outcome: 'insufficient' } & InsufficientStock) | { outcome: 'compensated' };

/** What an attempt to reserve is told, by what is written down: the same however often and however late it asks. */
const OUTCOMES = {
  HELD: 'reserved',
  COMMITTED: 'reserved',
  REFUSED: 'insufficient',
  RELEASED: 'compensated',
  RETURNED: 'compensated',
} as const satisfies Record<ReservationStatus, ReserveOutcome['outcome']>;

/** Throws when nothing is written down, or not for all the lines that the attempt names. */
export function outcomeOf(rows: readonly ReservedLine[], asked: readonly { productId: number }[]): ReserveOutcome {
  const written = new Set(rows.map((row) => row.productId));
  const unknown = asked.find((line) => !written.has(line.productId));
  if (unknown !== undefined) throw new Error(`nothing is written down of product ${String(unknown.productId)}`);
  const status = statusOf(rows);
  if (status === undefined) throw new Error('nothing is written down of the order');
  const outcome = OUTCOMES[status];
  return outcome === 'insufficient' ? { outcome, ...shortLineOf(rows) } : { outcome };
}

/** Several lines may have been short: the one with the lowest product id is told. */
function shortLineOf(rows: readonly ReservedLine[]): InsufficientStock {
  for (const { productId, quantity, available } of [...rows].sort((a, b) => a.productId - b.productId)) {
    if (available !== null) return { productId, requested: quantity, available };
  }
  throw new Error('stock was refused, but no line says which was short');
}
