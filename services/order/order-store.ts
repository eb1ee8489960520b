import type { OrderStatus } from '../../contracts/order-status.js';
import { after, newestFirst } from '../../platform/database/newest-first.js';
import { insertOrder } from './insert-order.js';
import type { NewOrder } from './order-row.js';
import { Prisma, type PrismaClient } from './prisma/generated/client.js';
import { toStoredOrder, type StoredOrder } from './order-row.js';

export interface OrderFilter {
  /** Undefined: everybody's. */
  userId?: number | undefined;
  status?: OrderStatus | undefined;
  needsAttention?: boolean | undefined;
}

export interface OrderStore {
  /** `placed` is false when another request with the same user and key was first; it is that one's order then. */
  place(order: NewOrder): Promise<{ placed: boolean; stored: StoredOrder }>;
  find(orderId: string): Promise<StoredOrder | undefined>;
  findByKey(userId: number, idempotencyKey: string): Promise<StoredOrder | undefined>;
  /** Newest first, after the position of the last one seen. */
  list(filter: OrderFilter, limit: number, after?: { createdAt: Date; id: string }): Promise<StoredOrder[]>;
  /** Writes down that the first answer is 202; false when stock was decided before, so that the answer tells of that. */
  answerAsync(orderId: string): Promise<boolean>;
  /** Orders that are not known to have their workflow, oldest first, by the database's clock; those that come after one. */
  withoutWorkflow(which: {
    olderThanMs: number;
    limit: number;
    after?: StoredOrder | undefined;
  }): Promise<StoredOrder[]>;
  markWorkflowStarted(orderId: string): Promise<void>;
}

const withLines = { include: { lines: { orderBy: { number: 'asc' } } } } satisfies Prisma.OrderDefaultArgs;

/** Said by its workflow, or of it. */
const attention = (needed: boolean): Prisma.OrderWhereInput =>
  needed
    ? { OR: [{ needsAttention: true }, { stalledSince: { not: null } }] }
    : { needsAttention: false, stalledSince: null };

export function createOrderStore(prisma: PrismaClient): OrderStore {
  const find = async (where: Prisma.OrderWhereUniqueInput): Promise<StoredOrder | undefined> => {
    const row = await prisma.order.findUnique({ where, ...withLines });
    return row === null ? undefined : toStoredOrder(row);
  };
  const findByKey = (userId: number, idempotencyKey: string) =>
    find({ userId_idempotencyKey: { userId, idempotencyKey } });

  return {
    find: (id) => find({ id }),
    findByKey,

    place: async (order) => {
      const inserted = await insertOrder(prisma, order, new Date());
      if (inserted !== undefined) return { placed: true, stored: inserted };
      const first = order.idempotencyKey && (await findByKey(order.userId, order.idempotencyKey));
      if (!first) throw new Error(`order ${order.id} was neither written nor found`);
      return { placed: false, stored: first };
    },

    list: async ({ userId, status, needsAttention }, limit, place) => {
      const where = {
        ...(userId === undefined ? {} : { userId }),
        ...(status === undefined ? {} : { status }),
        ...(needsAttention === undefined ? {} : attention(needsAttention)),
        ...after(place),
      };
      const rows = await prisma.order.findMany({ where, orderBy: newestFirst, take: limit, ...withLines });
      return rows.map(toStoredOrder);
    },

    answerAsync: async (id) => {
      const { count } = await prisma.order.updateMany({
        where: { id, stockDecision: { equals: Prisma.DbNull } },
        data: { answeredAsync: true },
      });
      return count === 1;
    },

    withoutWorkflow: async ({ olderThanMs, limit, after }) => {
      const [clock] = await prisma.$queryRaw<[{ now: Date }]>`SELECT now()`;
      const before = new Date(clock.now.getTime() - olderThanMs);
      const last = after && { id: after.order.id, createdAt: new Date(after.order.createdAt) };
      const rows = await prisma.order.findMany({
        where: {
          workflowStartedAt: null,
          createdAt: { lt: before, ...(last && { gte: last.createdAt }) },
          ...(last && { OR: [{ createdAt: { gt: last.createdAt } }, { id: { gt: last.id } }] }),
        },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: limit,
        ...withLines,
      });
      return rows.map(toStoredOrder);
    },

    markWorkflowStarted: async (id) => {
      await prisma.order.updateMany({
        where: { id, workflowStartedAt: null },
        data: { workflowStartedAt: new Date() },
      });
    },
  };
}
