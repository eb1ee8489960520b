import type { IdPage, OrderRecord } from '../../contracts/activities/reconciliation.js';
import type { CancelReason, OrderStatus } from '../../contracts/order-status.js';
import { SETTLED_DETAIL } from '../../contracts/timeline.js';
import type { Prisma, PrismaClient } from './prisma/generated/client.js';

/** An event that waits for longer than this is told of. */
const UNPUBLISHED_AFTER_MS = 10 * 60_000;

const include = {
  lines: { orderBy: { number: 'asc' }, select: { productId: true, quantity: true } },
  timeline: { where: { detail: SETTLED_DETAIL }, select: { step: true } },
} satisfies Prisma.OrderInclude;

/** What a reconciliation asks of the order service's books. */
export function createOrderReconciliationReader(prisma: PrismaClient) {
  return {
    listOrderIds: async ({ after, limit }: IdPage): Promise<string[]> => {
      const where = after === undefined ? {} : { id: { gt: after } };
      const rows = await prisma.order.findMany({ where, orderBy: { id: 'asc' }, take: limit, select: { id: true } });
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
  return {
    orderId: row.id,
    userId: row.userId,
    status: row.status as OrderStatus,
    ...(row.cancelReason === null ? {} : { cancelReason: row.cancelReason as CancelReason }),
    totalPrice: Number(row.totalPrice),
    currency: row.currency,
    lines: row.lines,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    wasStarted: row.workflowStartedAt !== null,
    needsAttention: row.needsAttention || row.stalledSince !== null,
    ...(row.attentionStep === null ? {} : { attentionStep: row.attentionStep }),
    settled: row.timeline.map(({ step }) => step),
  };
}
