import type { OrderEventData } from '../../contracts/events/order-event.js';
import { exampleEvent } from '../../contracts/events/published-files.js';
import { eventIdOf, type OrderEvent } from '../../contracts/events/order-event.js';
import type { Topic } from '../../contracts/topics.js';

/** An event as the order service publishes it. */
export function orderEvent(
  topic: Topic,
  orderId: string,
  userId: number,
  data: Partial<OrderEventData> = {},
): OrderEvent {
  const event = exampleEvent(topic);
  const { refundId } = { ...event.data, ...data };
  return {
    ...event,
    id: eventIdOf(orderId, topic, refundId),
    subject: orderId,
    time: new Date().toISOString(),
    data: { ...event.data, orderId, userId, ...data },
  };
}
