import type { IdPage, StockLevelRecord, StockRecord } from '../../contracts/activities/reconciliation.js';
import type { ReservationStatus } from './domain/reservation.js';
import { Prisma, type PrismaClient } from './prisma/generated/client.js';

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
      return rows.map((row) => ({ ...row, updatedAt: row.updatedAt.toISOString() }));
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
