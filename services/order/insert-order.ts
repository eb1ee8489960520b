import type { TimelineEntry } from '../../contracts/activities/order-activities.js';
import type { OrderEvent } from '../../contracts/events/order-event.js';
import type { Order } from '../../contracts/http/orders.js';
import { makeOrderEvent } from './domain/order-event.js';
import type { ShownState } from '../../contracts/order-saga.js';
import { WAKE_RELAY } from '../../platform/outbox/outbox-session.js';
import { Prisma, type PrismaClient } from './prisma/generated/client.js';
import type { StoredOrder } from './stored-order.js';

export interface NewOrder
  extends
    Pick<Order, 'id' | 'userId' | 'userVerified' | 'currency' | 'totalPrice' | 'lines' | 'shippingAddress'>,
    Pick<StoredOrder, 'bodyHash' | 'paymentMethod' | 'answeredAsync'> {
  idempotencyKey?: string | undefined;
  traceparent?: string | undefined;
  traceId?: string | undefined;
}

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
export async function insertOrder(prisma: PrismaClient, order: NewOrder, at: Date): Promise<StoredOrder | undefined> {
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
  INSERT INTO orders (id, user_id, idempotency_key, body_hash, user_verified, status, currency, total_price,
    shipping_address, payment_method, answered_async, event_count, traceparent, created_at, updated_at)
  VALUES (${order.id}, ${order.userId}, ${order.idempotencyKey ?? null}, ${order.bodyHash}, ${order.userVerified},
    'PENDING', ${order.currency}, ${order.totalPrice}, ${JSON.stringify(order.shippingAddress)}::jsonb,
    ${order.paymentMethod}, ${order.answeredAsync}, 1, ${order.traceparent ?? null}, ${at}, ${at})`;

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
  INSERT INTO status_changes (order_id, number, shown) SELECT placed.id, 1, ${JSON.stringify(pending(at))}::jsonb FROM placed`;

const eventRow = (event: OrderEvent): Prisma.Sql => Prisma.sql`
  INSERT INTO outbox_events (event_id, order_id, sequence, topic, event)
  SELECT ${event.id}, placed.id, 1, 'order-created', ${JSON.stringify(event)}::jsonb FROM placed`;

const pending = (at: Date): ShownState => ({
  status: 'PENDING',
  needsAttention: false,
  updatedAt: at.toISOString(),
});

function asPlaced(order: NewOrder, at: Date): StoredOrder {
  const { id, userId, userVerified, currency, totalPrice, lines, shippingAddress } = order;
  const createdAt = at.toISOString();
  return {
    order: { id, userId, userVerified, currency, totalPrice, lines, shippingAddress, createdAt, ...pending(at) },
    bodyHash: order.bodyHash,
    paymentMethod: order.paymentMethod,
    stockDecision: null,
    answeredAsync: order.answeredAsync,
    workflowStartedAt: null,
    traceparent: order.traceparent ?? null,
  };
}
