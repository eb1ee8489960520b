import {
  checkedEvent,
  eventIdOf,
  eventTypeOf,
  factsOf,
  type EventToTell,
  type OrderEvent,
} from '../../../contracts/events/order-event.js';
import type { OrderLine } from '../../../contracts/http/orders.js';

export interface EventSubject {
  id: string;
  userId: number;
  lines: readonly OrderLine[];
  /** Minor unit. */
  totalPrice: number;
  currency: string;
  /** As far as they are known when the event is made; what doesn't belong to its topic is left out. */
  paymentId?: string | null | undefined;
  deliveryId?: string | null | undefined;
  trackingNumber?: string | null | undefined;
}

export type EventOccasion = EventToTell & {
  /** Counts the order's events from 1. */
  sequence: number;
  at: Date;
  traceparent?: string | null | undefined;
};

/**
 * Holds ids, amounts and product names; never whose they are beyond the user's id. Checked against the schema of its
 * topic before anybody can write it down: throws UnfitEvent, naming the field.
 */
export function makeOrderEvent(order: EventSubject, occasion: EventOccasion): OrderEvent {
  const { topic, reason, refund, sequence, at, traceparent } = occasion;
  const lines = order.lines.map(({ productId, productName, quantity, unitPrice }) => ({
    productId,
    productName,
    quantity,
    unitPrice,
  }));
  const event = {
    specversion: '1.0',
    id: eventIdOf(order.id, topic, refund?.id),
    type: eventTypeOf(topic),
    source: '/order-service',
    subject: order.id,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    sequence: String(sequence),
    ...(traceparent ? { traceparent } : {}),
    data: factsOf(topic, {
      ...{ ...order, lines, orderId: order.id, reason },
      ...{ refundId: refund?.id, amount: refund?.amount },
    }),
  };
  return checkedEvent(event);
}
