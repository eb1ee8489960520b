import type { Move } from './domain/moves.js';
import { statusOf } from './domain/reservation.js';
import type { ReservedLine } from './domain/reservation.js';
import type { Database } from './reservation-rows.js';

/**
 * Moves an order's lines, as they were read, to the next status and books it. One statement, and so all of it or nothing:
 * false, with nothing changed, when somebody else has moved them since.
 */
export async function moveReservation(
  database: Database,
  orderId: string,
  rows: readonly ReservedLine[],
  { to, quantity, reserved }: Move,
): Promise<boolean> {
  const from = statusOf(rows);
  const products = rows.map((row) => row.productId);
  // The level that was locked is what is reckoned from: see writeReservation.
  // Stock first, then reservations, as when reserving: taken the other way round, the two could wait for each other.
  const [moved] = await database.$queryRaw<{ lines: number }[]>`
    WITH level AS (
      SELECT product_id, quantity, reserved FROM stock_levels
      WHERE product_id = ANY (${products}::integer[]) ORDER BY product_id FOR UPDATE
    ), moved AS (
      UPDATE reservations SET status = ${to}, updated_at = now()
      FROM level
      WHERE order_id = ${orderId} AND reservations.product_id = level.product_id AND status = ${from}
      RETURNING reservations.product_id, reservations.quantity
    ), booked AS (
      UPDATE stock_levels AS stock
      SET quantity = level.quantity + ${quantity}::integer * moved.quantity,
        reserved = level.reserved + ${reserved}::integer * moved.quantity, updated_at = now()
      FROM moved JOIN level USING (product_id)
      WHERE stock.product_id = moved.product_id
    )
    SELECT count(*)::integer AS lines FROM moved`;
  return moved !== undefined && moved.lines > 0;
}
