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

/**
 * The one status that an order's lines share: each step moves all of them or none. Throws where they differ, which no
 * step can have done.
 */
export function statusOf(rows: readonly ReservedLine[]): ReservationStatus | undefined {
  const statuses = new Set(rows.map((row) => row.status));
  if (statuses.size > 1) throw new Error(`the lines of one order are ${[...statuses].join(' and ')}`);
  return rows[0]?.status;
}
