import { outcomeOf, toReservedLine, type ReservationRow, type ReserveOutcome } from './domain/reservation.js';
import type { PrismaClient } from './prisma/generated/client.js';

/**
 * Reserves one product for several orders in the order of `wanted`, units by the order's id: each has what it asks for if what those
 * before it left is enough, and is refused alone if it is not. An order that was decided before is told that again and takes nothing.
 * One statement, so all of it or nothing, for the reasons that `writeReservation` gives.
 *
 * Unlike there, an order that somebody else writes down at the same moment fails it: what that order would have taken is reckoned
 * with for those behind it. `refusalByDatabase` says of such an error that the orders are to be asked for one by one.
 */
export async function reserveTogether(
  prisma: PrismaClient,
  productId: number,
  wanted: ReadonlyMap<string, number>,
): Promise<Map<string, ReserveOutcome>> {
  const orderIds = [...wanted.keys()];
  const written = await prisma.$queryRaw<WrittenRow[]>`
    WITH RECURSIVE level AS (
      SELECT quantity, reserved FROM stock_levels WHERE product_id = ${productId} FOR UPDATE
    ), fresh AS (
      SELECT order_id, wanted, row_number() OVER (ORDER BY place) AS place
      FROM unnest(${orderIds}::text[], ${[...wanted.values()]}::integer[]) WITH ORDINALITY AS asked (order_id, wanted, place)
      WHERE NOT EXISTS (SELECT FROM reservations WHERE reservations.order_id = asked.order_id)
    ), decided (place, available, granted) AS (
      SELECT 0::bigint, coalesce((SELECT quantity FROM level), 0), 0
      UNION ALL
      SELECT fresh.place, decided.available - decided.granted,
        CASE WHEN wanted <= decided.available - decided.granted THEN wanted ELSE 0 END
      FROM decided JOIN fresh ON fresh.place = decided.place + 1
    ), written AS (
      INSERT INTO reservations (order_id, product_id, quantity, status, available)
      SELECT order_id, ${productId}, wanted,
        CASE WHEN granted = wanted THEN 'HELD' ELSE 'REFUSED' END, CASE WHEN granted < wanted THEN available END
      FROM fresh JOIN decided USING (place)
      RETURNING order_id, product_id, quantity, status, available
    ), taken AS (
      UPDATE stock_levels AS stock
      SET quantity = level.quantity - held.units, reserved = level.reserved + held.units, updated_at = now()
      FROM level, (SELECT sum(quantity)::integer AS units FROM written WHERE status = 'HELD') AS held
      WHERE product_id = ${productId} AND held.units > 0
    )
    SELECT order_id AS "orderId", product_id AS "productId", quantity, status, available FROM written`;
  const isWritten = new Set(written.map(({ orderId }) => orderId));
  const before = await decidedBefore(
    prisma,
    orderIds.filter((orderId) => !isWritten.has(orderId)),
  );
  return new Map(
    [...written, ...before].map((row) => [row.orderId, outcomeOf([toReservedLine(row)], [{ productId }])]),
  );
}

type WrittenRow = ReservationRow & { orderId: string };

async function decidedBefore(prisma: PrismaClient, orderIds: string[]): Promise<WrittenRow[]> {
  if (orderIds.length === 0) return [];
  return prisma.reservation.findMany({
    where: { orderId: { in: orderIds } },
    select: { orderId: true, productId: true, quantity: true, status: true, available: true },
  });
}
