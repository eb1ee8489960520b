import type { OrderLine } from './domain/order-lines.js';
import { RESERVATION_STATUSES, type ReservationStatus, type ReservedLine, statusOf } from './domain/reservation.js';
import type { Prisma, PrismaClient } from './prisma/generated/client.js';
import type { Move } from './domain/moves.js';

/** The database itself, or a transaction that several steps share. */
type Database = PrismaClient | Prisma.TransactionClient;

type ReservationRow = Omit<ReservedLine, 'status'> & { status: string };

/** What is written down of an order, by product; empty when no step came by yet. */
export async function findReservation(database: Database, orderId: string): Promise<ReservedLine[]> {
  const rows = await database.reservation.findMany({
    where: { orderId },
    orderBy: { productId: 'asc' },
    select: { productId: true, quantity: true, status: true, available: true },
  });
  return rows.map(toReservedLine);
}

function toReservedLine(row: ReservationRow): ReservedLine {
  return { ...row, status: toStatus(row.status) };
}

/**
 * The mark of a release that came before its reservation, which then finds it and refuses. False, with nothing
 * written, when something is written down already.
 */
export async function markReleased(database: Database, orderId: string, lines: readonly OrderLine[]): Promise<boolean> {
  const { count } = await database.reservation.createMany({
    data: lines.map(({ productId, quantity }) => ({ orderId, productId, quantity, status: 'RELEASED' })),
    skipDuplicates: true,
  });
  return count > 0;
}

function toStatus(text: string): ReservationStatus {
  const status = RESERVATION_STATUSES.find((known) => known === text);
  if (status === undefined) throw new Error(`unknown reservation status ${text}`);
  return status;
}

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
