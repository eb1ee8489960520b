import type { CustomerTopic } from '../../contracts/topics.js';
import { deliveryCompleted } from './delivery-completed.js';
import { deliveryStarted } from './delivery-started.js';
import type { Template } from './message.js';
import { orderCancelled } from './order-cancelled.js';
import { orderReceived } from './order-received.js';
import { paymentCompleted } from './payment-completed.js';

export const TEMPLATES: Record<CustomerTopic, Template> = {
  'order-created': orderReceived,
  'order-cancelled': orderCancelled,
  'payment-completed': paymentCompleted,
  'delivery-started': deliveryStarted,
  'delivery-completed': deliveryCompleted,
};
