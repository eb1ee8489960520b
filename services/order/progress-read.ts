import type { OrderProgress } from '../../contracts/activities/order-activities.js';
import { eventIdOf } from '../../contracts/events/order-event.js';
import type { OrderLine } from '../../contracts/http/orders.js';
import type { Attention, OrderState } from './domain/order-progress.js';
import type { PrismaClient } from './prisma/generated/client.js';

export interface ReadOrder {
  id: string;
  /** PostgreSQL's own: it changes whenever the row does. */
  rowVersion: string;
  userId: number;
  lines: OrderLine[];
  /** Minor unit. */
  totalPrice: number;
  currency: string;
  traceparent: string | null;
  state: OrderState;
  eventCount: number;
  /** Those of the events asked for that are written already. */
  eventIds: string[];
  /** It is over, and no longer known of each event whether it was written. */
  eventsPruned: boolean;
}

interface Row extends Omit<OrderState, 'attention'>, Omit<ReadOrder, 'state' | 'totalPrice'> {
  totalPrice: bigint;
  attentionStep: Attention['step'] | null;
  attentionSince: Date | null;
  attentionReason: Attention['reason'] | null;
  attentionError: string | null;
}

/** The order with all that a step's record depends on, as of one moment. */
export async function readOrder(prisma: PrismaClient, progress: OrderProgress): Promise<ReadOrder | undefined> {
  const asked = progress.events.map(({ topic }) => eventIdOf(progress.orderId, topic));
  const [row] = await prisma.$queryRaw<Row[]>`
    SELECT id, xmin::text AS "rowVersion", user_id AS "userId", total_price AS "totalPrice", currency, traceparent,
      status, cancel_reason AS "cancelReason", cancel_note AS "cancelNote", payment_id AS "paymentId",
      delivery_id AS "deliveryId", tracking_number AS "trackingNumber", stock_decision AS "stockDecision",
      needs_attention AS "needsAttention", attention_step AS "attentionStep", attention_since AS "attentionSince",
      attention_reason AS "attentionReason", attention_error AS "attentionError", event_count AS "eventCount",
      ARRAY(SELECT event_id FROM outbox_events WHERE event_id = ANY(${asked})) AS "eventIds",
      status IN ('COMPLETED', 'CANCELLED')
        AND event_count > (SELECT count(*) FROM outbox_events WHERE order_id = orders.id) AS "eventsPruned",
      (SELECT jsonb_agg(jsonb_build_object('productId', product_id, 'productName', product_name, 'unitPrice', unit_price,
        'quantity', quantity, 'totalPrice', total_price) ORDER BY number)
        FROM order_lines WHERE order_id = orders.id) AS lines
    FROM orders WHERE id = ${progress.orderId}`;
  return row === undefined ? undefined : fromRow(row);
}

function fromRow(row: Row): ReadOrder {
  const { id, rowVersion, userId, lines, currency, traceparent, eventCount, eventIds, eventsPruned } = row;
  const { status, cancelReason, cancelNote, paymentId, deliveryId, trackingNumber, stockDecision, needsAttention } =
    row;
  return {
    ...{ id, rowVersion, userId, lines, currency, traceparent, eventCount, eventIds, eventsPruned },
    totalPrice: Number(row.totalPrice),
    state: {
      ...{ status, cancelReason, cancelNote, paymentId, deliveryId, trackingNumber, stockDecision, needsAttention },
      attention: attentionOf(row),
    },
  };
}

function attentionOf({ attentionStep, attentionSince, attentionReason, attentionError }: Row): Attention | null {
  if (attentionStep === null || attentionSince === null || attentionReason === null) return null;
  return {
    step: attentionStep,
    since: attentionSince.toISOString(),
    reason: attentionReason,
    error: attentionError ?? '',
  };
}
