import type { StockRequest } from '../../../contracts/activities/inventory-activities.js';
import type { InsufficientStock } from '../../../contracts/refusals.js';

export type OrderLine = StockRequest['lines'][number];

/**
 * Ascending by product: locks and rows are always taken in this order, so that two orders never wait for each other.
 * Throws when there is no line, or two of one product: a set-based update would count only one of them.
 */
export function inProductOrder(lines: readonly OrderLine[]): OrderLine[] {
  if (lines.length === 0) throw new Error('an order without lines');
  const sorted = [...lines].sort((a, b) => a.productId - b.productId);
  const twice = sorted.find((line, index) => line.productId === sorted[index + 1]?.productId);
  if (twice !== undefined) throw new Error(`two lines of product ${String(twice.productId)}`);
  return sorted;
}

/** How far one line of an order has come. HELD and COMMITTED move on; the others are where it ends. */
export const RESERVATION_STATUSES = ['HELD', 'COMMITTED', 'RELEASED', 'RETURNED', 'REFUSED'] as const;

export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

/** What is written down of one line of an order. */
export interface ReservedLine {
  productId: number;
  quantity: number;
  status: ReservationStatus;
  /** Of a line that there was not enough of: what there was. */
  available: number | null;
}

/** As the database keeps it. */
export type ReservationRow = Omit<ReservedLine, 'status'> & { status: string };

/** Throws where its status is none that we know. */
export function toReservedLine({ productId, quantity, status: text, available }: ReservationRow): ReservedLine {
  const status = RESERVATION_STATUSES.find((known) => known === text);
  if (status === undefined) throw new Error(`unknown reservation status ${text}`);
  return { productId, quantity, status, available };
}

/**
 * The one status that an order's lines share: each step moves all of them or none. Throws where they differ, which no
 * step can have done.
 */
export function statusOf(rows: readonly ReservedLine[]): ReservationStatus | undefined {
  const statuses = new Set(rows.map((row) => row.status));
  if (statuses.size > 1) throw new Error(`the lines of one order are ${[...statuses].join(' and ')}`);
  return rows[0]?.status;
}

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
