import { isDeepStrictEqual } from 'node:util';
import type { TimelineEntry } from '../../contracts/activities/order-activities.js';
import type { EventToTell } from '../../contracts/events/order-event.js';
import type { InsufficientStock } from '../../contracts/refusals.js';
import { makeOrderEvent } from './domain/order-event.js';
import { WAKE_RELAY } from '../../platform/outbox/outbox-session.js';
import { Prisma, type PrismaClient } from './prisma/generated/client.js';
import {
  insertion,
  newOrderColumns,
  type NewOrder,
  stateColumns,
  type StoredOrder,
  toStoredOrder,
} from './order-row.js';
import { advance, type OrderState, PENDING, shownState } from './domain/order-state.js';
import { soldOut } from './domain/sold-out.js';
import { eventRows } from './progress-store.js';
import { placedOrder, type RequestedLine } from './order-identity.js';
import type { CancelReason, OrderStatus, Review } from '../../contracts/order-status.js';
import { after, newestFirst } from '../../platform/database/newest-first.js';

const created: TimelineEntry = {
  key: 'order-created',
  step: 'order-created',
  service: 'order-service',
  outcome: 'done',
  attempts: 1,
};

/**
 * Writes a PENDING order with its lines, the first entry of its timeline and its first event; or, with what it lacks, one
 * that is over as its Saga would have left it: all or nothing. undefined when the user and key have their order already; a writer at the same time is waited for.
 * One statement: a quarter of the time of Prisma's nested create, which is six.
 */
async function insertOrder(
  prisma: PrismaClient,
  order: NewOrder,
  shortage: InsufficientStock | undefined,
  at: Date,
): Promise<StoredOrder | undefined> {
  const end = shortage && soldOut(shortage);
  const states = end ? [PENDING, advance(PENDING, end.patch).state] : [PENDING];
  const now = { state: states.at(-1) ?? PENDING, workflowStartedAt: end ? at : null };
  const told: readonly EventToTell[] = [{ topic: 'order-created' }, ...(end?.events ?? [])];
  const events = told.map((event, index) =>
    makeOrderEvent(order, { ...event, sequence: index + 1, at, traceparent: order.traceparent }),
  );
  const inserted = await prisma.$queryRaw<unknown[]>`
    WITH placed AS (${orderRow(order, now, events.length, at)} ON CONFLICT DO NOTHING RETURNING id),
      line AS (${lineRows(order)}),
      entry AS (${entryRows(end ? [created, end.entry] : [created], order, at)}),
      status AS (${statusRows(states, at)}),
      event AS (${eventRows(Prisma.sql`placed`, events)})
    SELECT pg_notify(${WAKE_RELAY}, '')::text FROM placed`;
  return inserted.length === 0 ? undefined : asPlaced(order, now, at);
}

interface Beginning {
  state: OrderState;
  /** Of an order that is over from the start it says that nobody has to start its Saga. */
  workflowStartedAt: Date | null;
}

const orderRow = (order: NewOrder, now: Beginning, eventCount: number, at: Date): Prisma.Sql => Prisma.sql`
  INSERT INTO orders ${insertion({
    ...newOrderColumns(order),
    ...stateColumns(now.state),
    workflowStartedAt: now.workflowStartedAt,
    eventCount,
    createdAt: at,
    updatedAt: at,
  })}`;

const lineRows = ({ lines }: NewOrder): Prisma.Sql => Prisma.sql`
  INSERT INTO order_lines (order_id, number, product_id, product_name, unit_price, quantity, total_price)
  SELECT placed.id, number, "productId", "productName", "unitPrice", quantity, "totalPrice"
  FROM placed, ROWS FROM (jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
    AS ("productId" integer, "productName" text, "unitPrice" bigint, quantity integer, "totalPrice" bigint))
    WITH ORDINALITY AS line ("productId", "productName", "unitPrice", quantity, "totalPrice", number)`;

const entryRows = (entries: TimelineEntry[], { traceId }: NewOrder, at: Date): Prisma.Sql => Prisma.sql`
  INSERT INTO timeline_entries (order_id, key, step, service, outcome, attempts, detail, trace_id, at)
  SELECT placed.id, entry->>'key', entry->>'step', entry->>'service', entry->>'outcome', (entry->>'attempts')::integer,
    entry->>'detail', ${traceId ?? null}, ${at}::timestamptz
  FROM placed, jsonb_array_elements(${JSON.stringify(entries)}::jsonb) WITH ORDINALITY AS entries (entry, number)
  ORDER BY number`;

const statusRows = (states: OrderState[], at: Date): Prisma.Sql => Prisma.sql`
  INSERT INTO status_changes (order_id, number, shown)
  SELECT placed.id, number, shown
  FROM placed, jsonb_array_elements(${JSON.stringify(states.map((state) => shownState(state, at.toISOString())))}::jsonb)
    WITH ORDINALITY AS states (shown, number)`;

function asPlaced(order: NewOrder, { state, workflowStartedAt }: Beginning, at: Date): StoredOrder {
  const { bodyHash, paymentMethod, paymentCapture, answeredAsync, traceparent = null } = order;
  const createdAt = at.toISOString();
  return {
    order: { ...placedOrder({ ...order, createdAt }), ...shownState(state, createdAt) },
    ...{ bodyHash, paymentMethod, paymentCapture, answeredAsync, traceparent, workflowStartedAt },
    stockDecision: state.stockDecision,
  };
}

export interface OrderFilter {
  /** Undefined: everybody's. */
  userId?: number | undefined;
  status?: OrderStatus | undefined;
  cancelReason?: CancelReason | undefined;
  needsAttention?: boolean | undefined;
  review?: Review | undefined;
}

export interface OrderStore {
  /**
   * `placed` is false when another request with the same user and key was first; it is that one's order then. With a
   * shortage it is placed as one that is over, and gets no Saga.
   */
  place(order: NewOrder, shortage?: InsufficientStock): Promise<{ placed: boolean; stored: StoredOrder }>;
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
  /** Writes down what is to go back to stock with a refund, before the refund is begun. False: it was asked for otherwise before. */
  askRefund(request: { orderId: string; id: string; restock?: RequestedLine[] | undefined }): Promise<boolean>;
}

const whole = {
  include: { lines: { orderBy: { number: 'asc' } }, refunds: { orderBy: [{ at: 'asc' }, { id: 'asc' }] } },
} satisfies Prisma.OrderDefaultArgs;

/** Said by its workflow, or of it. */
const attention = (needed: boolean): Prisma.OrderWhereInput =>
  needed
    ? { OR: [{ needsAttention: true }, { stalledSince: { not: null } }] }
    : { needsAttention: false, stalledSince: null };

export function createOrderStore(prisma: PrismaClient): OrderStore {
  const find = async (where: Prisma.OrderWhereUniqueInput): Promise<StoredOrder | undefined> => {
    const row = await prisma.order.findUnique({ where, ...whole });
    return row === null ? undefined : (await toStoredOrders([row]))[0];
  };
  /** Few orders have refunds: the others are read without what was asked for with these. */
  const toStoredOrders = async (rows: Prisma.OrderGetPayload<typeof whole>[]): Promise<StoredOrder[]> => {
    const refunded = rows.filter(({ refunds }) => refunds.length > 0).map(({ id }) => id);
    const requests =
      refunded.length === 0 ? [] : await prisma.refundRequest.findMany({ where: { orderId: { in: refunded } } });
    return rows.map((row) => toStoredOrder(row, requests));
  };
  const findByKey = (userId: number, idempotencyKey: string) =>
    find({ userId_idempotencyKey: { userId, idempotencyKey } });

  return {
    find: (id) => find({ id }),
    findByKey,

    place: async (order, shortage) => {
      const inserted = await insertOrder(prisma, order, shortage, new Date());
      if (inserted !== undefined) return { placed: true, stored: inserted };
      const first = order.idempotencyKey && (await findByKey(order.userId, order.idempotencyKey));
      if (!first) throw new Error(`order ${order.id} was neither written nor found`);
      return { placed: false, stored: first };
    },

    list: async ({ userId, status, cancelReason, needsAttention, review }, limit, place) => {
      const where = {
        ...(userId === undefined ? {} : { userId }),
        ...(status === undefined ? {} : { status }),
        ...(cancelReason === undefined ? {} : { cancelReason }),
        ...(review === undefined ? {} : { review }),
        ...(needsAttention === undefined ? {} : attention(needsAttention)),
        ...after(place),
      };
      return toStoredOrders(await prisma.order.findMany({ where, orderBy: newestFirst, take: limit, ...whole }));
    },

    answerAsync: async (id) => {
      const { count } = await prisma.order.updateMany({
        where: { id, stockDecision: { equals: Prisma.DbNull } },
        data: { answeredAsync: true },
      });
      return count === 1;
    },

    withoutWorkflow: async ({ olderThanMs, limit, after }) => {
      const last = after
        ? Prisma.sql`AND (created_at, id) > (${new Date(after.order.createdAt)}::timestamptz, ${after.order.id})`
        : Prisma.empty;
      const found = await prisma.$queryRaw<{ id: string }[]>`
        SELECT id FROM orders
        WHERE workflow_started_at IS NULL AND created_at < now() - make_interval(secs => ${olderThanMs / 1000}) ${last}
        ORDER BY created_at, id LIMIT ${limit}`;
      // Nearly always: Prisma would ask for the lines and refunds of no order, too.
      if (found.length === 0) return [];
      const rows = await prisma.order.findMany({
        where: { id: { in: found.map(({ id }) => id) } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        ...whole,
      });
      return toStoredOrders(rows);
    },

    markWorkflowStarted: async (id) => {
      await prisma.order.updateMany({
        where: { id, workflowStartedAt: null },
        data: { workflowStartedAt: new Date() },
      });
    },

    askRefund: async ({ orderId, id, restock }) => {
      const data = { orderId, id, restock: restock?.map((line) => ({ ...line })) ?? Prisma.DbNull };
      await prisma.refundRequest.createMany({ data: [data], skipDuplicates: true });
      const asked = await prisma.refundRequest.findUniqueOrThrow({ where: { orderId_id: { orderId, id } } });
      return isDeepStrictEqual(asked.restock, restock ?? null);
    },
  };
}
