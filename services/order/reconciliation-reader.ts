import type { IdPage, OrderRecord } from '../../contracts/activities/reconciliation.js';
import { isFinal, ORDER_STATUSES, type CancelReason, type OrderStatus } from '../../contracts/order-status.js';
import { ACKNOWLEDGED, SETTLED_DETAIL } from '../../contracts/timeline.js';
import type { Prisma, PrismaClient } from './prisma/generated/client.js';

/** An event that waits for longer than this is told of. */
const UNPUBLISHED_AFTER_MS = 10 * 60_000;
const NOT_FINAL = ORDER_STATUSES.filter((status) => !isFinal(status));

const include = {
  lines: { orderBy: { number: 'asc' }, select: { productId: true, quantity: true } },
  timeline: {
    where: { OR: [{ detail: SETTLED_DETAIL }, { step: ACKNOWLEDGED }] },
    orderBy: { number: 'asc' },
    select: { step: true, at: true, detail: true },
  },
} satisfies Prisma.OrderInclude;

/** What a reconciliation asks of the order service's books. */
export function createOrderReconciliationReader(prisma: PrismaClient) {
  return {
    listOrderIds: async ({ after = '', limit, since }: IdPage): Promise<string[]> => {
      // Each part by an index of its own, however many orders are over.
      const rows = since
        ? await prisma.$queryRaw<{ id: string }[]>`
            SELECT id FROM (
              SELECT id FROM orders WHERE status = ANY(${[...NOT_FINAL]})
              UNION SELECT id FROM orders WHERE updated_at >= ${new Date(since)}
            ) AS changed
            WHERE id > ${after} ORDER BY id LIMIT ${limit}`
        : await prisma.order.findMany({
            where: { id: { gt: after } },
            orderBy: { id: 'asc' },
            take: limit,
            select: { id: true },
          });
      return rows.map(({ id }) => id);
    },

    /** Those that exist, ascending. */
    orderRecords: async (orderIds: readonly string[]): Promise<OrderRecord[]> => {
      const rows = await prisma.order.findMany({
        where: { id: { in: [...orderIds] } },
        orderBy: { id: 'asc' },
        include,
      });
      return rows.map(toRecord);
    },

    placedAt: async (orderIds: readonly string[]): Promise<Map<string, Date>> => {
      const where = { id: { in: [...orderIds] } };
      const rows = await prisma.order.findMany({ where, select: { id: true, createdAt: true } });
      return new Map(rows.map(({ id, createdAt }) => [id, createdAt]));
    },

    unpublishedEvents: async (): Promise<{ count: number; oldest?: string }> => {
      const before = new Date(Date.now() - UNPUBLISHED_AFTER_MS);
      const { _count, _min } = await prisma.outboxEvent.aggregate({
        where: { publishedAt: null, createdAt: { lt: before } },
        _count: true,
        _min: { createdAt: true },
      });
      return { count: _count, ...(_min.createdAt && { oldest: _min.createdAt.toISOString() }) };
    },
  };
}

/** The columns of text hold what this service wrote there, by the types of the contracts. */
function toRecord(row: Prisma.OrderGetPayload<{ include: typeof include }>): OrderRecord {
  const { timeline } = row;
  return {
    orderId: row.id,
    userId: row.userId,
    status: row.status as OrderStatus,
    ...(row.cancelReason === null ? {} : { cancelReason: row.cancelReason as CancelReason }),
    totalPrice: Number(row.totalPrice),
    currency: row.currency,
    ...(row.paymentId === null ? {} : { paymentId: row.paymentId }),
    lines: row.lines,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    wasStarted: row.workflowStartedAt !== null,
    needsAttention: row.needsAttention || row.stalledSince !== null,
    ...(row.attentionStep === null ? {} : { attentionStep: row.attentionStep }),
    settled: timeline
      .filter(({ detail }) => detail === SETTLED_DETAIL)
      .map(({ step, at }) => ({ step, at: at.toISOString() })),
    acknowledged: timeline.flatMap(({ step, detail }) => (step === ACKNOWLEDGED && detail !== null ? [detail] : [])),
  };
}
