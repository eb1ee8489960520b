import {
  type OrderLine,
  type ReservationRow,
  type ReservationStatus,
  type ReservedLine,
  statusOf,
  type Move,
  COMMIT,
  RELEASE,
  inProductOrder,
  outcomeOf,
  toReservedLine,
  type ReserveOutcome,
} from './domain/reservation.js';
import { Prisma, type PrismaClient } from './prisma/generated/client.js';
import type { RestockRequest, RestockShort, StockRequest } from '../../contracts/activities/inventory-activities.js';
import type { StockLevel } from '../../contracts/http/inventory.js';
import { asExpected, type Expected, type Versioned } from '../../platform/database/versioned.js';
import type { IdPage, StockLevelRecord, StockRecord } from '../../contracts/activities/reconciliation.js';
import { reserveTogether } from './reserve-together.js';
import { restock, restockShort } from './restock.js';

/** The database itself, or a transaction that several steps share. */
type Database = PrismaClient | Prisma.TransactionClient;

/** What is written down of an order, by product; empty when no step came by yet. */
async function findReservation(database: Database, orderId: string): Promise<ReservedLine[]> {
  const rows = await database.reservation.findMany({
    where: { orderId },
    orderBy: { productId: 'asc' },
    select: { productId: true, quantity: true, status: true, available: true },
  });
  return rows.map(toReservedLine);
}

/**
 * The mark of a release that came before its reservation, which then finds it and refuses. False, with nothing
 * written, when something is written down already.
 */
async function markReleased(database: Database, orderId: string, lines: readonly OrderLine[]): Promise<boolean> {
  const { count } = await database.reservation.createMany({
    data: lines.map(({ productId, quantity }) => ({ orderId, productId, quantity, status: 'RELEASED' })),
    skipDuplicates: true,
  });
  return count > 0;
}

/**
 * Moves an order's lines, as they were read, to the next status and books it. What a refund has put back into stock already is
 * not booked again. One statement, and so all of it or nothing: false, with nothing changed, when somebody else has moved them since.
 */
async function moveReservation(
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
      RETURNING reservations.product_id, reservations.quantity - reservations.restocked AS quantity
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
async function writeReservation(
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

/** `marked`: there was nothing to give back yet, and there won't be. `nothing`: it was given back before, or refused. */
export type ReleaseOutcome = 'released' | 'returned' | 'marked' | 'nothing';

/** Stock and who holds it. Each step is right when it comes twice, late, out of order or at once with another. */
export interface StockStore {
  /** All lines or none. Says the same again when it was decided before; `compensated` after a release. */
  reserve(request: StockRequest): Promise<ReserveOutcome>;
  /** The same for several orders of one product at once, each for itself; units by the order's id, in order of arrival. */
  reserveTogether(productId: number, wanted: ReadonlyMap<string, number>): Promise<Map<string, ReserveOutcome>>;
  release(request: StockRequest): Promise<ReleaseOutcome>;
  /** True when it did it now, false when it was done before. Throws, naming the status, when nothing is held. */
  commit(request: StockRequest): Promise<boolean>;
  /** As in RestockActivities. */
  restock(request: RestockRequest): Promise<boolean>;
  restockShort(request: RestockRequest): Promise<RestockShort | undefined>;
  /** undefined: never stocked. */
  find(productId: number): Promise<Versioned<StockLevel> | undefined>;
  /** Sets what can be ordered; what is reserved stays. `stale`: what is there is not what is expected. */
  setQuantity(productId: number, quantity: number, expected?: undefined): Promise<Versioned<StockLevel>>;
  setQuantity(productId: number, quantity: number, expected: Expected): Promise<Versioned<StockLevel> | 'stale'>;
}

export function createStockStore(prisma: PrismaClient): StockStore {
  function setQuantity(productId: number, quantity: number): Promise<Versioned<StockLevel>>;
  function setQuantity(
    productId: number,
    quantity: number,
    expected: Expected,
  ): Promise<Versioned<StockLevel> | 'stale'>;
  async function setQuantity(productId: number, quantity: number, expected?: Expected) {
    const update = { quantity, updatedAt: new Date() };
    if (expected === undefined)
      return prisma.stockLevel.upsert({
        where: { productId },
        create: { productId, quantity },
        update,
        select: shown,
      });
    const where = { productId, ...asExpected(expected) };
    const [level] = await prisma.stockLevel.updateManyAndReturn({ where, data: update, select: shown });
    return level ?? 'stale';
  }

  return {
    reserve: async ({ orderId, lines }) => {
      const ordered = inProductOrder(lines);
      const written = await writeReservation(prisma, orderId, ordered);
      return outcomeOf(written.length > 0 ? written : await findReservation(prisma, orderId), ordered);
    },

    reserveTogether: (productId, wanted) => reserveTogether(prisma, productId, wanted),

    release: async ({ orderId, lines }) => {
      const ordered = inProductOrder(lines);
      // Whoever came between reading and moving has moved the order on, and it only ever moves a few times.
      for (;;) {
        const rows = await findReservation(prisma, orderId);
        const status = statusOf(rows);
        if (status === undefined) {
          if (await markReleased(prisma, orderId, ordered)) return 'marked';
          continue;
        }
        const move = RELEASE[status];
        if (move === 'none') return 'nothing';
        if (await moveReservation(prisma, orderId, rows, move)) return move.to === 'RETURNED' ? 'returned' : 'released';
      }
    },

    commit: async ({ orderId }) => {
      for (;;) {
        const rows = await findReservation(prisma, orderId);
        const status = statusOf(rows);
        const move = status === undefined ? 'impossible' : COMMIT[status];
        if (move === 'impossible')
          throw new Error(`stock of order ${orderId} is ${status ?? 'not reserved'}, not HELD`);
        if (move === 'none') return false;
        if (await moveReservation(prisma, orderId, rows, move)) return true;
      }
    },

    restock: (request) => restock(prisma, request),
    restockShort: (request) => restockShort(prisma, request),

    find: async (productId) =>
      (await prisma.stockLevel.findUnique({ where: { productId }, select: shown })) ?? undefined,

    setQuantity,
  };
}

const shown = { productId: true, quantity: true, reserved: true, version: true } as const;

const HELD: ReservationStatus = 'HELD';

/** What a reconciliation asks of the inventory's books. */
export function createStockReconciliationReader(prisma: PrismaClient) {
  return {
    listOrderIds: async ({ after = '', limit, since }: IdPage): Promise<string[]> => {
      const changed = since ? Prisma.sql`AND updated_at >= ${new Date(since)}` : Prisma.empty;
      const rows = await prisma.$queryRaw<{ orderId: string }[]>`
        SELECT DISTINCT order_id AS "orderId" FROM reservations
        WHERE order_id > ${after} ${changed}
        ORDER BY order_id LIMIT ${limit}`;
      return rows.map(({ orderId }) => orderId);
    },

    /** By order and product. */
    stockRecords: async (orderIds: readonly string[]): Promise<StockRecord[]> => {
      const rows = await prisma.reservation.findMany({
        where: { orderId: { in: [...orderIds] } },
        orderBy: [{ orderId: 'asc' }, { productId: 'asc' }],
        select: { orderId: true, productId: true, quantity: true, status: true, updatedAt: true },
      });
      const restocks = await prisma.restock.findMany({
        where: { orderId: { in: [...orderIds] } },
        orderBy: { operationId: 'asc' },
        select: { orderId: true, productId: true, operationId: true },
      });
      return rows.map((row) => ({
        ...row,
        updatedAt: row.updatedAt.toISOString(),
        restocks: restocks
          .filter(({ orderId, productId }) => orderId === row.orderId && productId === row.productId)
          .map(({ operationId }) => operationId),
      }));
    },

    /** One statement, so levels and reservations are of one moment: they only ever change together. */
    wrongStockLevels: ({ after, limit }: { after?: number; limit: number }): Promise<StockLevelRecord[]> =>
      prisma.$queryRaw<StockLevelRecord[]>`
        SELECT product_id AS "productId", coalesce(quantity, 0) AS quantity, coalesce(reserved, 0) AS reserved,
          coalesce(held, 0) AS held
        FROM stock_levels FULL JOIN (
          SELECT product_id, sum(quantity)::integer AS held FROM reservations WHERE status = ${HELD} GROUP BY product_id
        ) AS holding USING (product_id)
        WHERE product_id > ${after ?? -1}
          AND (coalesce(reserved, 0) <> coalesce(held, 0) OR quantity < 0 OR reserved < 0)
        ORDER BY product_id LIMIT ${limit}`,
  };
}
