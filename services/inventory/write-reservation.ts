import type { OrderLine } from './domain/order-lines.js';
import type { ReservedLine } from './domain/reservation.js';
import { toReservedLine } from './reservation-rows.js';
import type { Database, ReservationRow } from './reservation-rows.js';

/**
 * Reserves all lines, or writes down that there was not enough, and answers with the rows written; with none when
 * something was written down of the order before. One statement: atomic, in one round trip, whatever the number of lines.
 * `lines` ascend by product, one of each. Several orders may share a transaction, as long as their products ascend too.
 *
 * Locking reads the level as it is after whoever held the row, so what is decided stays true until the end; the rows'
 * key makes a second attempt at once wait here and then write nothing. CHECK (quantity >= 0) stands behind it all. It is
 * tried on what an UPDATE makes of the row as the statement first saw it, before PostgreSQL goes on to the row's newest
 * version: so the new level is reckoned from the one that was locked, not from the one that is updated.
 */
export async function writeReservation(
  database: Database,
  orderId: string,
  lines: readonly OrderLine[],
): Promise<ReservedLine[]> {
  const products = lines.map((line) => line.productId);
  const quantities = lines.map((line) => line.quantity);
  const rows = await database.$queryRaw<ReservationRow[]>`
    WITH line AS (
      SELECT * FROM unnest(${products}::integer[], ${quantities}::integer[]) AS line (product_id, quantity)
    ), level AS (
      SELECT product_id, quantity, reserved FROM stock_levels
      WHERE product_id = ANY (${products}::integer[]) ORDER BY product_id FOR UPDATE
    ), checked AS (
      SELECT line.*, coalesce(level.quantity, 0) AS available, coalesce(level.quantity, 0) < line.quantity AS short
      FROM line LEFT JOIN level USING (product_id)
    ), written AS (
      INSERT INTO reservations (order_id, product_id, quantity, status, available)
      SELECT ${orderId}, product_id, quantity,
        CASE WHEN (SELECT bool_or(short) FROM checked) THEN 'REFUSED' ELSE 'HELD' END,
        CASE WHEN short THEN available END
      FROM checked
      WHERE NOT EXISTS (SELECT FROM reservations WHERE order_id = ${orderId})
      ORDER BY product_id
      ON CONFLICT (order_id, product_id) DO NOTHING
      RETURNING product_id, quantity, status, available
    ), taken AS (
      UPDATE stock_levels AS stock
      SET quantity = level.quantity - written.quantity, reserved = level.reserved + written.quantity, updated_at = now()
      FROM written JOIN level USING (product_id)
      WHERE stock.product_id = written.product_id AND written.status = 'HELD'
    )
    SELECT product_id AS "productId", quantity, status, available FROM written`;
  return rows.map(toReservedLine);
}
