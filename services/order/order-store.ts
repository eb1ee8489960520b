import type { TimelineEntry } from '../../contracts/activities/order-activities.js';
import type { OrderEvent } from '../../contracts/events/order-event.js';
import { makeOrderEvent } from './domain/order-event.js';
import { WAKE_RELAY } from '../../platform/outbox/outbox-session.js';
import { Prisma, type PrismaClient } from './prisma/generated/client.js';
import { insertion, newOrderColumns, type NewOrder, type StoredOrder, toStoredOrder } from './order-row.js';
import { PENDING, shownState } from './domain/order-state.js';
import { placedOrder } from './order-identity.js';
import type { OrderStatus } from '../../contracts/order-status.js';
import { after, newestFirst } from '../../platform/database/newest-first.js';

const created: TimelineEntry = {
  key: 'order-created',
  step: 'order-created',
  service: 'order-service',
  outcome: 'done',
  attempts: 1,
};

/**
 * Writes a PENDING order with its lines, the first entry of its timeline and its first event: all or nothing.
 * undefined when the user and key have their order already; a writer at the same time is waited for.
 * One statement: a quarter of the time of Prisma's nested create, which is six.
 */
async function insertOrder(prisma: PrismaClient, order: NewOrder, at: Date): Promise<StoredOrder | undefined> {
  const event = makeOrderEvent(order, { topic: 'order-created', sequence: 1, at, traceparent: order.traceparent });
  const inserted = await prisma.$queryRaw<unknown[]>`
    WITH placed AS (${orderRow(order, at)} ON CONFLICT DO NOTHING RETURNING id),
      line AS (${lineRows(order)}),
      entry AS (${entryRow(order, at)}),
      status AS (${statusRow(at)}),
      event AS (${eventRow(event)})
    SELECT pg_notify(${WAKE_RELAY}, '')::text FROM placed`;
  return inserted.length === 0 ? undefined : asPlaced(order, at);
}

const orderRow = (order: NewOrder, at: Date): Prisma.Sql => Prisma.sql`
  INSERT INTO orders ${insertion({
    ...newOrderColumns(order),
    status: PENDING.status,
    eventCount: 1,
    createdAt: at,
    updatedAt: at,
  })}`;

const lineRows = ({ lines }: NewOrder): Prisma.Sql => Prisma.sql`
  INSERT INTO order_lines (order_id, number, product_id, product_name, unit_price, quantity, total_price)
  SELECT placed.id, number, "productId", "productName", "unitPrice", quantity, "totalPrice"
  FROM placed, ROWS FROM (jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
    AS ("productId" integer, "productName" text, "unitPrice" bigint, quantity integer, "totalPrice" bigint))
    WITH ORDINALITY AS line ("productId", "productName", "unitPrice", quantity, "totalPrice", number)`;

const entryRow = ({ traceId }: NewOrder, at: Date): Prisma.Sql => Prisma.sql`
  INSERT INTO timeline_entries (order_id, key, step, service, outcome, attempts, trace_id, at)
  SELECT placed.id, ${created.key}, ${created.step}, ${created.service}, ${created.outcome}, ${created.attempts}::integer,
    ${traceId ?? null}, ${at}::timestamptz
  FROM placed`;

const statusRow = (at: Date): Prisma.Sql => Prisma.sql`
  INSERT INTO status_changes (order_id, number, shown) SELECT placed.id, 1, ${JSON.stringify(shownState(PENDING, at.toISOString()))}::jsonb FROM placed`;

const eventRow = (event: OrderEvent): Prisma.Sql => Prisma.sql`
  INSERT INTO outbox_events (event_id, order_id, sequence, topic, event)
  SELECT ${event.id}, placed.id, 1, 'order-created', ${JSON.stringify(event)}::jsonb FROM placed`;

function asPlaced(order: NewOrder, at: Date): StoredOrder {
  const { bodyHash, paymentMethod, answeredAsync, traceparent = null } = order;
  const createdAt = at.toISOString();
  return {
    order: { ...placedOrder({ ...order, createdAt }), ...shownState(PENDING, createdAt) },
    ...{ bodyHash, paymentMethod, answeredAsync, traceparent, stockDecision: null, workflowStartedAt: null },
  };
}

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
