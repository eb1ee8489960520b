import type { RestockRequest } from '../../contracts/activities/inventory-activities.js';
import type { IdPage, OrderRecord } from '../../contracts/activities/reconciliation.js';
import type { Order } from '../../contracts/http/orders.js';
import type { OrderFacts } from '../../contracts/order-saga.js';
import { isFinal, ORDER_STATUSES, type CancelReason, type OrderStatus } from '../../contracts/order-status.js';
import { ACKNOWLEDGED, SETTLED_DETAIL } from '../../contracts/timeline.js';
import { Prisma, type PrismaClient, type WorkflowEnding } from './prisma/generated/client.js';

/** What was written before a pass began may be seen only after it: clocks differ, and transactions take their time. */
const OVERLAP_MS = 10 * 60_000;

/** Which passes of the reconciliation came to their end, and what they left. */
export function createReconciliationPasses(prisma: PrismaClient) {
  const { reconciliation, unreconciled } = prisma;
  const lastStart = async (where = {}) =>
    (await reconciliation.aggregate({ where, _max: { startedAt: true } }))._max.startedAt;
  return {
    /** When the last of them began. */
    lastStart: () => lastStart(),

    /** What has changed since `since` is enough; undefined: everything has to be looked at. */
    since: async (allEveryMs: number, wanted?: 'all' | 'changed'): Promise<Date | undefined> => {
      const [last, lastOfAll] = [await lastStart(), await lastStart({ ofAll: true })];
      const allIsDue = lastOfAll === null || Date.now() - lastOfAll.getTime() >= allEveryMs;
      if (last === null || wanted === 'all' || (wanted === undefined && allIsDue)) return undefined;
      return new Date(last.getTime() - OVERLAP_MS);
    },

    listUnreconciledIds: async ({ after = '', limit }: { after?: string; limit: number }): Promise<string[]> => {
      const where = { orderId: { gt: after } };
      const rows = await unreconciled.findMany({ where, orderBy: { orderId: 'asc' }, take: limit });
      return rows.map(({ orderId }) => orderId);
    },

    /** With the time of the mark, not of its pass: another pass that ends meanwhile may have begun in between. */
    markUnreconciled: async (orderIds: readonly string[], startedAt: Date): Promise<void> => {
      await prisma.$executeRaw`
        INSERT INTO unreconciled (order_id, marked_at)
        SELECT order_id, greatest(clock_timestamp(), ${startedAt}::timestamptz)
        FROM unnest(${[...orderIds]}::text[]) AS given (order_id)
        ON CONFLICT (order_id) DO UPDATE SET marked_at = greatest(unreconciled.marked_at, excluded.marked_at)`;
    },

    /** What a pass before this had left, and this one has found clean, is left no more. */
    end: async ({ startedAt, ofAll }: { startedAt: Date; ofAll: boolean }): Promise<void> => {
      await unreconciled.deleteMany({ where: { markedAt: { lt: startedAt } } });
      await reconciliation.createMany({ data: [{ startedAt, ofAll }], skipDuplicates: true });
      // Those before the last that looked at everything say nothing any more.
      if (ofAll) await reconciliation.deleteMany({ where: { startedAt: { lt: startedAt } } });
    },
  };
}

/** What a workflow answers with, as far as its order's row may have to learn it. */
export type OrderEnd = Pick<Order, 'id' | 'status'> & OrderFacts;

/** How workflows of orders ended, as far as it may be asked for after Temporal has forgotten it. */
export function createWorkflowEndings(prisma: PrismaClient) {
  const endings = prisma.workflowEnding;
  return {
    find: async (orderIds: readonly string[]): Promise<Map<string, WorkflowEnding>> => {
      const rows = await endings.findMany({ where: { orderId: { in: [...orderIds] } } });
      return new Map(rows.map((row) => [row.orderId, row]));
    },

    /** What it answered with; undefined: that was not kept. */
    endOf: async (orderId: string): Promise<OrderEnd | undefined> => {
      const row = await endings.findUnique({ where: { orderId }, select: { ended: true } });
      return (row?.ended ?? undefined) as OrderEnd | undefined;
    },

    /** The first that was seen stays, until it is seen to run again. Answers with those whose answer is not kept yet. */
    keep: async (seen: readonly Omit<WorkflowEnding, 'seenAt' | 'ended'>[]): Promise<string[]> => {
      await endings.createMany({ data: [...seen], skipDuplicates: true });
      const where = { orderId: { in: seen.map(({ orderId }) => orderId) }, ended: { equals: Prisma.DbNull } };
      const rows = await endings.findMany({ where, select: { orderId: true } });
      return rows.map(({ orderId }) => orderId);
    },

    keepAnswer: async (orderId: string, ended: OrderEnd): Promise<void> => {
      await endings.updateMany({ where: { orderId, ended: { equals: Prisma.DbNull } }, data: { ended: { ...ended } } });
    },

    /** A reset has made them run again, or end otherwise. */
    forget: async (orderIds: readonly string[]): Promise<void> => {
      await endings.deleteMany({ where: { orderId: { in: [...orderIds] } } });
    },
  };
}

export type WorkflowEndings = ReturnType<typeof createWorkflowEndings>;

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
  refunds: { orderBy: { id: 'asc' }, select: { id: true, at: true } },
  requests: { where: { restock: { not: Prisma.DbNull } } },
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
    refunds: row.refunds.map(({ id }) => id),
    restocks: row.refunds.flatMap(({ id, at }) =>
      row.requests
        .filter((request) => request.id === id)
        .map(({ restock, restocked }) => ({
          ...{ operationId: id, orderId: row.id, lines: restock as unknown as RestockRequest['lines'] },
          ...{ refundedAt: at.toISOString(), isTold: restocked !== null },
        })),
    ),
    acknowledged: timeline.flatMap(({ step, detail }) => (step === ACKNOWLEDGED && detail !== null ? [detail] : [])),
  };
}
