import type { OrderProgress, TimelineEntry } from '../../contracts/activities/order-activities.js';
import type { RestockRequest } from '../../contracts/activities/inventory-activities.js';
import type { RefundPartRequest } from '../../contracts/activities/payment-activities.js';
import { eventIdOf, topicOf, type OrderEvent } from '../../contracts/events/order-event.js';
import type { OrderLine } from '../../contracts/http/orders.js';
import { minorUnitDigits } from '../../contracts/money.js';
import { advance, shownState, type OrderState } from './domain/order-state.js';
import { assignments, type Columns, ORDER_COLUMNS, stateColumns, stateOf } from './order-row.js';
import { type PrismaClient, Prisma } from './prisma/generated/client.js';
import { LRUCache } from 'lru-cache';
import { isFinal, type OrderStatus } from '../../contracts/order-status.js';
import { WAKE_RELAY } from '../../platform/outbox/outbox-session.js';
import { STATUS_CHANGED } from './status-changes.js';
import { makeOrderEvent } from './domain/order-event.js';

interface ReadOrder extends Columns {
  /** Minor unit. */
  totalPrice: number;
  /** PostgreSQL's own: it changes whenever the row does. */
  rowVersion: string;
  lines: OrderLine[];
  /** Those of its events that are written, unless they were pruned. */
  eventIds: string[];
  /** It is over, and no longer known of each event whether it was written. */
  eventsPruned: boolean;
}

/** The order with all that a step's record depends on, as of one moment. */
async function readOrder(prisma: PrismaClient, orderId: string): Promise<ReadOrder | undefined> {
  const [row] = await prisma.$queryRaw<(Omit<ReadOrder, 'totalPrice'> & { totalPrice: bigint })[]>`
    SELECT ${ORDER_COLUMNS}, xmin::text AS "rowVersion",
      ARRAY(SELECT event_id FROM outbox_events WHERE order_id = orders.id) AS "eventIds",
      status IN ('COMPLETED', 'CANCELLED')
        AND event_count > (SELECT count(*) FROM outbox_events WHERE order_id = orders.id) AS "eventsPruned",
      (SELECT jsonb_agg(jsonb_build_object('productId', product_id, 'productName', product_name, 'unitPrice', unit_price,
        'quantity', quantity, 'totalPrice', total_price) ORDER BY number)
        FROM order_lines WHERE order_id = orders.id) AS lines
    FROM orders WHERE id = ${orderId}`;
  return row && { ...row, totalPrice: Number(row.totalPrice) };
}

interface ProgressWrite {
  row: Pick<ReadOrder, 'id' | 'rowVersion' | 'eventCount'>;
  state: OrderState;
  /** The status that is new with it. */
  moved: OrderStatus | undefined;
  entry: TimelineEntry;
  /** New ones, in sequence after the row's count. */
  events: OrderEvent[];
  at: Date;
  traceId: string | undefined;
  refund: RefundPartRequest | undefined;
}

interface Written extends Pick<ReadOrder, 'updatedAt' | 'rowVersion'> {
  /** Its line in the timeline was not there before. */
  isNew: boolean;
}

/** One statement, so all or nothing. undefined when the row is not as it was read any more: nothing is written then. */
async function writeProgress(prisma: PrismaClient, write: ProgressWrite): Promise<Written | undefined> {
  const [written] = await prisma.$queryRaw<Written[]>`
    WITH changed AS (${orderUpdate(write)} RETURNING id, updated_at, xmin::text AS version),
      entry AS (${entryInsert(write)} RETURNING 1),
      status AS (${statusInsert(write)}),
      refund AS (${refundInsert(write)}),
      event AS (${eventRows(Prisma.sql`changed`, write.events)})
    SELECT updated_at AS "updatedAt", version AS "rowVersion", EXISTS (SELECT FROM entry) AS "isNew",
      CASE WHEN ${write.events.length} > 0 THEN pg_notify(${WAKE_RELAY}, '')::text END,
      CASE WHEN ${write.moved !== undefined} THEN pg_notify(${STATUS_CHANGED}, id)::text END
    FROM changed`;
  return written;
}

const orderUpdate = ({ row, state, events, at }: ProgressWrite): Prisma.Sql => Prisma.sql`
  UPDATE orders SET
    ${assignments({ ...stateColumns(state), eventCount: row.eventCount + events.length, updatedAt: at })},
    stalled_since = CASE WHEN ${isFinal(state.status)} THEN NULL ELSE stalled_since END,
    stalled_why = CASE WHEN ${isFinal(state.status)} THEN NULL ELSE stalled_why END,
    workflow_started_at = coalesce(workflow_started_at, ${at})
  WHERE id = ${row.id} AND xmin::text = ${row.rowVersion}`;

const entryInsert = ({ entry, at, traceId, refund }: ProgressWrite): Prisma.Sql => Prisma.sql`
  INSERT INTO timeline_entries (order_id, key, step, service, outcome, attempts, detail, trace_id, at, asked_by, note)
  SELECT changed.id, ${entry.key}, ${entry.step}, ${entry.service}, ${entry.outcome}, ${entry.attempts}::integer,
    ${entry.detail ?? null}, ${traceId ?? null}, ${at}::timestamptz, ${refund?.requestedBy ?? null}, ${refund?.reason ?? null}
  FROM changed ON CONFLICT DO NOTHING`;

/** Only one writer at a time changes the row, so that what it counts is all there is. */
const statusInsert = ({ moved, state, at }: ProgressWrite): Prisma.Sql => Prisma.sql`
  INSERT INTO status_changes (order_id, number, shown)
  SELECT changed.id, (SELECT count(*) + 1 FROM status_changes WHERE order_id = changed.id), ${JSON.stringify(shownState(state, at.toISOString()))}::jsonb
  FROM changed WHERE ${moved !== undefined}`;

const refundInsert = ({ refund, at }: ProgressWrite): Prisma.Sql => Prisma.sql`
  INSERT INTO refunds (order_id, id, amount, reason, requested_by, at)
  SELECT changed.id, ${refund?.operationId ?? null}::text, ${refund?.amount ?? null}::bigint, ${refund?.reason ?? null}::text,
    ${refund?.requestedBy ?? null}::text, ${at}::timestamptz
  FROM changed WHERE ${refund !== undefined} ON CONFLICT DO NOTHING`;

/** No ON CONFLICT: an event that is there was left out when the row was read, and another one is a mistake of ours. */
export const eventRows = (order: Prisma.Sql, events: OrderEvent[]): Prisma.Sql => Prisma.sql`
  INSERT INTO outbox_events (event_id, order_id, sequence, topic, event)
  SELECT event->>'id', id, (event->>'sequence')::integer, topic, event
  FROM ${order}, jsonb_to_recordset(${JSON.stringify(events.map((event) => ({ topic: topicOf(event.type), event })))}::jsonb)
    AS (topic text, event jsonb)
  ORDER BY (event->>'sequence')::integer`;

/** There is no such order: nobody but this service makes them, so trying again is no use. */
export class OrderNotFound extends Error {
  override readonly name = 'OrderNotFound';
}

interface Trace {
  traceparent?: string | undefined;
  traceId?: string | undefined;
}

export interface Recorded extends Pick<Written, 'updatedAt' | 'isNew'> {
  placedAt: Date;
  /** The status that was reached by this; undefined when it was reached before. */
  moved: OrderStatus | undefined;
  state: OrderState;
  /** It had waited to be paid before this. */
  awaitedPayment: boolean;
}

const mostTries = 20;

export type RecentOrders = LRUCache<string, ReadOrder>;

/** Orders as this process last wrote them, each some kilobytes. */
export const recentOrders = (): RecentOrders => new LRUCache({ max: 500, ttl: 60_000 });

/**
 * Writes a step's status, timeline entry and events in one transaction. Right when it comes twice, late, or again from
 * the run after a reset: an entry or event that is there stays, a status never goes back, and events are counted
 * without a hole. Two statements instead of a transaction around a row lock, because it runs at each step: what was
 * read is written only if the row is still as it was read, else all of it is done again. So whoever gives `recent` may
 * leave out the reading where it wrote the row itself. Rejects with OrderNotFound.
 */
export async function recordProgress(
  prisma: PrismaClient,
  progress: OrderProgress & { refund?: RefundPartRequest },
  trace: Trace,
  recent?: RecentOrders,
): Promise<Recorded> {
  const { orderId } = progress;
  for (let tries = 1; tries <= mostTries; tries++) {
    const row = (tries === 1 && recent?.get(orderId)) || (await readOrder(prisma, orderId));
    if (row === undefined) throw new OrderNotFound(`there is no order ${progress.orderId}`);
    const at = new Date();
    const { state, moved } = advance(stateOf(row), progress.patch);
    const traceparent = trace.traceparent ?? row.traceparent;
    const events = missingEvents(progress, row, state.status).map((event, index) =>
      makeOrderEvent({ ...row, ...state }, { ...event, sequence: row.eventCount + index + 1, at, traceparent }),
    );
    const { entry, refund } = progress;
    const { traceId } = trace;
    const written = await writeProgress(prisma, { row, state, moved, entry, events, at, traceId, refund });
    if (written === undefined) continue;
    const { updatedAt, rowVersion, isNew } = written;
    const eventIds = [...row.eventIds, ...events.map(({ id }) => id)];
    const eventCount = row.eventCount + events.length;
    // Of one that is over it isn't known for long which events there are.
    if (isFinal(state.status)) recent?.delete(orderId);
    else {
      const stockDecision = state.stockDecision as Prisma.JsonObject | null;
      const payment = state.payment as Prisma.JsonObject | null;
      const now = { ...stateColumns(state), stockDecision, payment, updatedAt, rowVersion, eventIds, eventCount };
      recent?.set(orderId, { ...row, ...now });
    }
    return { updatedAt, isNew, moved, state, placedAt: row.createdAt, awaitedPayment: row.payment !== null };
  }
  throw new Error(`order ${progress.orderId} was changed by others ${String(mostTries)} times in a row`);
}

/**
 * Nobody is told of a cancellation that the row doesn't have: it would be of another run, which undid nothing. Nor of any step
 * once events of the order were pruned: it told what it had to long ago. A refund may come later than that.
 */
function missingEvents(
  { orderId, events }: OrderProgress,
  { eventIds, eventsPruned }: ReadOrder,
  status: OrderStatus,
): OrderProgress['events'] {
  return events.filter(
    ({ topic, refund }) =>
      !eventIds.includes(eventIdOf(orderId, topic, refund?.id)) &&
      (!eventsPruned || refund !== undefined) &&
      (topic !== 'order-cancelled' || status === 'CANCELLED'),
  );
}

/** Right when it comes twice, however late: the order's row of the refund outlives its event. Rejects with OrderNotFound. */
export async function recordRefund(
  prisma: PrismaClient,
  refund: RefundPartRequest,
  trace: Trace,
): Promise<{ isNew: boolean; currency: string }> {
  const { operationId: id, orderId, amount } = refund;
  const order = await prisma.order.findUnique({
    where: { id: orderId },
    select: { currency: true, refunds: { where: { id }, select: { id: true } } },
  });
  if (order === null) throw new OrderNotFound(`there is no order ${orderId}`);
  const { currency } = order;
  if (order.refunds.length > 0) return { isNew: false, currency };
  const digits = minorUnitDigits(currency);
  const entry: TimelineEntry = {
    ...{ key: `refunded-${id}`, step: 'refunded', service: 'payment-service', outcome: 'done', attempts: 1 },
    detail: `${(amount / 10 ** digits).toFixed(digits)} ${currency}`,
  };
  const events = [{ topic: 'payment-refunded', refund: { id, amount } } as const];
  const { isNew } = await recordProgress(prisma, { orderId, patch: {}, entry, events, refund }, trace);
  return { isNew, currency };
}

/** Right when it comes twice: what became of the goods is decided once, by the inventory service. */
export async function recordRestock(
  prisma: PrismaClient,
  { operationId: id, orderId, lines, restocked }: RestockRequest & { restocked: boolean },
  { traceId = null }: { traceId?: string | null | undefined },
): Promise<void> {
  const { requestedBy: askedBy, reason: note } = await prisma.refund.findUniqueOrThrow({
    where: { orderId_id: { orderId, id } },
  });
  const entry = {
    ...{ orderId, key: `restocked-${id}`, step: 'restocked', service: 'inventory-service', attempts: 1 },
    outcome: restocked ? 'done' : 'refused',
    detail: lines.map(({ productId, quantity }) => `${quantity} of product ${productId}`).join(', '),
    ...{ traceId, askedBy, note },
  } satisfies Prisma.TimelineEntryCreateManyInput & Pick<TimelineEntry, 'step' | 'service' | 'outcome'>;
  await prisma.$transaction([
    prisma.timelineEntry.createMany({ data: [entry], skipDuplicates: true }),
    prisma.refundRequest.update({ where: { orderId_id: { orderId, id } }, data: { restocked } }),
  ]);
}
