import type { Topic } from '../../contracts/topics.js';
import { deliveryCompleted } from './delivery-completed.js';
import { deliveryStarted } from './delivery-started.js';
import type { Template } from './message.js';
import { orderCancelled } from './order-cancelled.js';
import { orderReceived } from './order-received.js';
import { paymentCompleted } from './payment-completed.js';

/** What customers are told of; the other topics are not for them. */
export const TEMPLATES: Partial<Record<Topic, Template>> = {
  'order-created': orderReceived,
  'order-cancelled': orderCancelled,
  'payment-completed': paymentCompleted,
  'delivery-started': deliveryStarted,
  'delivery-completed': deliveryCompleted,
};
