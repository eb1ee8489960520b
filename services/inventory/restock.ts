import type { RestockRequest, RestockShort } from '../../contracts/activities/inventory-activities.js';
import { inProductOrder, type ReservationStatus } from './domain/reservation.js';
import type { PrismaClient } from './prisma/generated/client.js';

const SOLD: ReservationStatus = 'COMMITTED';

/** The same for all of its lines; undefined: nothing is written down of it. */
async function decisionOf(prisma: PrismaClient, operationId: string): Promise<boolean | undefined> {
  const row = await prisma.restock.findFirst({ where: { operationId }, select: { status: true } });
  return row === null ? undefined : row.status === 'DONE';
}

/** What stands against it now; it may be otherwise by the time that it is asked for. */
export async function restockShort(
  prisma: PrismaClient,
  { operationId, orderId, lines }: RestockRequest,
): Promise<RestockShort | undefined> {
  if ((await decisionOf(prisma, operationId)) !== undefined) return undefined;
  const rows = await prisma.reservation.findMany({ where: { orderId } });
  const leftOf = (wanted: number): number => {
    const row = rows.find(({ productId }) => productId === wanted);
    return row?.status === SOLD ? row.quantity - row.restocked : 0;
  };
  const short = inProductOrder(lines).find(({ productId, quantity }) => leftOf(productId) < quantity);
  return short && { productId: short.productId, left: leftOf(short.productId) };
}

/**
 * All lines or none, and what was decided is written down: true when the goods are back, now or before. One statement, and
 * stock is locked before reservations, for the reasons that `writeReservation` gives; the reservations are locked, too,
 * because what is left of them is reckoned from what others may just have written. Not `updated_at`, which says since when
 * a reservation has its status.
 */
export async function restock(prisma: PrismaClient, { operationId, orderId, lines }: RestockRequest): Promise<boolean> {
  const ordered = inProductOrder(lines);
  const products = ordered.map((line) => line.productId);
  const quantities = ordered.map((line) => line.quantity);
  const [written] = await prisma.$queryRaw<{ status: string }[]>`
    WITH line AS (
      SELECT * FROM unnest(${products}::integer[], ${quantities}::integer[]) AS line (product_id, quantity)
    ), level AS (
      SELECT product_id, quantity FROM stock_levels
      WHERE product_id = ANY (${products}::integer[]) ORDER BY product_id FOR UPDATE
    ), sold AS (
      SELECT product_id, reservations.status, reservations.quantity, restocked
      FROM reservations JOIN level USING (product_id)
      WHERE order_id = ${orderId} ORDER BY product_id FOR UPDATE OF reservations
    ), fitting AS (
      SELECT count(*) AS lines FROM line JOIN sold USING (product_id)
      WHERE sold.status = ${SOLD} AND sold.restocked + line.quantity <= sold.quantity
    ), written AS (
      INSERT INTO restocks (operation_id, product_id, order_id, quantity, status)
      SELECT ${operationId}, product_id, ${orderId}, quantity,
        CASE WHEN fitting.lines = ${ordered.length} THEN 'DONE' ELSE 'REFUSED' END
      FROM line, fitting
      WHERE NOT EXISTS (SELECT FROM restocks WHERE operation_id = ${operationId})
      ORDER BY product_id
      ON CONFLICT (operation_id, product_id) DO NOTHING
      RETURNING product_id, quantity, status
    ), counted AS (
      UPDATE reservations SET restocked = sold.restocked + written.quantity
      FROM written JOIN sold USING (product_id)
      WHERE order_id = ${orderId} AND reservations.product_id = written.product_id AND written.status = 'DONE'
    ), booked AS (
      UPDATE stock_levels AS stock SET quantity = level.quantity + written.quantity, updated_at = now()
      FROM written JOIN level USING (product_id)
      WHERE stock.product_id = written.product_id AND written.status = 'DONE'
    )
    SELECT status FROM written LIMIT 1`;
  if (written !== undefined) return written.status === 'DONE';
  const before = await decisionOf(prisma, operationId);
  if (before === undefined) throw new Error(`restock ${operationId} was neither written nor found`);
  return before;
}
