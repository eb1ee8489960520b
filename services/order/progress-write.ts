import type { TimelineEntry } from '../../contracts/activities/order-activities.js';
import { topicOf, type OrderEvent } from '../../contracts/events/order-event.js';
import { isFinal, type OrderStatus } from '../../contracts/order-status.js';
import type { OrderState } from './domain/order-progress.js';
import { shownState } from './domain/shown-state.js';
import { WAKE_RELAY } from './outbox/channel.js';
import { Prisma, type PrismaClient } from './prisma/generated/client.js';
import type { ReadOrder } from './progress-read.js';
import { STATUS_CHANGED } from './status-changes/channel.js';

export interface ProgressWrite {
  row: Pick<ReadOrder, 'id' | 'rowVersion' | 'eventCount'>;
  state: OrderState;
  /** The status that is new with it. */
  moved: OrderStatus | undefined;
  entry: TimelineEntry;
  /** New ones, in sequence after the row's count. */
  events: OrderEvent[];
  at: Date;
  traceId: string | undefined;
}

/** One statement, so all or nothing. undefined when the row is not as it was read any more: nothing is written then. */
export async function writeProgress(prisma: PrismaClient, write: ProgressWrite): Promise<Date | undefined> {
  const [written] = await prisma.$queryRaw<{ updatedAt: Date }[]>`
    WITH changed AS (${orderUpdate(write)} RETURNING id, updated_at),
      entry AS (${entryInsert(write)}),
      status AS (${statusInsert(write)}),
      event AS (${eventInsert(write.events)})
    SELECT updated_at AS "updatedAt", CASE WHEN ${write.events.length} > 0 THEN pg_notify(${WAKE_RELAY}, '')::text END,
      CASE WHEN ${write.moved !== undefined} THEN pg_notify(${STATUS_CHANGED}, id)::text END
    FROM changed`;
  return written?.updatedAt;
}

const orderUpdate = ({ row, state, events, at }: ProgressWrite): Prisma.Sql => Prisma.sql`
  UPDATE orders SET
    status = ${state.status},
    cancel_reason = ${state.cancelReason},
    cancel_note = ${state.cancelNote},
    payment_id = ${state.paymentId},
    delivery_id = ${state.deliveryId},
    tracking_number = ${state.trackingNumber},
    stock_decision = ${state.stockDecision === null ? null : JSON.stringify(state.stockDecision)}::jsonb,
    needs_attention = ${state.needsAttention},
    attention_step = ${state.attention?.step ?? null},
    attention_since = ${state.attention?.since ?? null}::timestamptz,
    attention_reason = ${state.attention?.reason ?? null},
    attention_error = ${state.attention?.error ?? null},
    stalled_since = CASE WHEN ${isFinal(state.status)} THEN NULL ELSE stalled_since END,
    stalled_why = CASE WHEN ${isFinal(state.status)} THEN NULL ELSE stalled_why END,
    event_count = ${row.eventCount + events.length},
    workflow_started_at = coalesce(workflow_started_at, ${at}),
    updated_at = ${at}
  WHERE id = ${row.id} AND xmin::text = ${row.rowVersion}`;

const entryInsert = ({ entry, at, traceId }: ProgressWrite): Prisma.Sql => Prisma.sql`
  INSERT INTO timeline_entries (order_id, key, step, service, outcome, attempts, detail, trace_id, at)
  SELECT changed.id, ${entry.key}, ${entry.step}, ${entry.service}, ${entry.outcome}, ${entry.attempts}::integer,
    ${entry.detail ?? null}, ${traceId ?? null}, ${at}::timestamptz
  FROM changed ON CONFLICT DO NOTHING`;

/** Only one writer at a time changes the row, so that what it counts is all there is. */
const statusInsert = ({ moved, state, at }: ProgressWrite): Prisma.Sql => Prisma.sql`
  INSERT INTO status_changes (order_id, number, shown)
  SELECT changed.id, (SELECT count(*) + 1 FROM status_changes WHERE order_id = changed.id), ${JSON.stringify(shownState(state, at))}::jsonb
  FROM changed WHERE ${moved !== undefined}`;

/** No ON CONFLICT: an event that is there was left out when the row was read, and another one is a mistake of ours. */
const eventInsert = (events: OrderEvent[]): Prisma.Sql => Prisma.sql`
  INSERT INTO outbox_events (event_id, order_id, sequence, topic, event)
  SELECT event->>'id', changed.id, (event->>'sequence')::integer, topic, event
  FROM changed, jsonb_to_recordset(${JSON.stringify(events.map((event) => ({ topic: topicOf(event.type), event })))}::jsonb)
    AS (topic text, event jsonb)
  ORDER BY (event->>'sequence')::integer`;
