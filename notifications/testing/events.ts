import { eventIdOf, eventTypeOf } from '../../contracts/events/order-event.js';
import type { OrderEvent, OrderEventData } from '../../contracts/events/order-event.js';
import type { Topic } from '../../contracts/topics.js';

/** An event as the order service publishes it. */
export function orderEvent(
  topic: Topic,
  orderId: string,
  userId: number,
  data: Partial<OrderEventData> = {},
): OrderEvent {
  return {
    specversion: '1.0',
    id: eventIdOf(orderId, topic),
    type: eventTypeOf(topic),
    source: '/order-service',
    subject: orderId,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    sequence: '1',
    data: {
      orderId,
      userId,
      lines: [{ productId: 1, productName: 'MacBook Pro 16', quantity: 1, unitPrice: 3_500_000 }],
      totalPrice: 3_500_000,
      currency: 'KRW',
      ...data,
    },
  };
}
