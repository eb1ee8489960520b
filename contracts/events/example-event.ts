import type { Topic } from '../topics.js';
import { factsOf } from './event-data.js';
import { eventIdOf, eventTypeOf, type OrderEvent } from './order-event.js';

const orderId = 'ord_0b9f1c6f2d4e4a7f8f6c1d2e3a4b5c6d';

const reasons: Partial<Record<Topic, string>> = {
  'inventory-failed': 'INSUFFICIENT_STOCK',
  'payment-failed': 'card_declined',
  'order-cancelled': 'CUSTOMER_REQUEST',
};

const sequences: Partial<Record<Topic, string>> = {
  'order-created': '1',
  'inventory-reserved': '2',
  'inventory-failed': '2',
  'payment-completed': '3',
  'payment-failed': '3',
  'delivery-started': '4',
  'order-completed': '6',
};

const facts = {
  orderId,
  userId: 1,
  lines: [{ productId: 1, productName: 'MacBook Pro 16', quantity: 1, unitPrice: 3_500_000 }],
  totalPrice: 3_500_000,
  currency: 'KRW',
  paymentId: '7d1b2c3a-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
  deliveryId: 'c2a1f0e9-d8c7-4b6a-95f4-e3d2c1b0a9f8',
  trackingNumber: 'SIM4F1A9C0B7E2D8365',
};

/** An event of the topic with each field that it can have, for documents and tests. */
export function exampleEvent(topic: Topic): OrderEvent {
  const known = { ...facts, reason: reasons[topic] };
  return {
    specversion: '1.0',
    id: eventIdOf(orderId, topic),
    source: '/order-service',
    subject: orderId,
    type: eventTypeOf(topic),
    time: '2026-01-31T09:30:00.000Z',
    datacontenttype: 'application/json',
    sequence: sequences[topic] ?? '5',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data: factsOf(topic, known),
  };
}
