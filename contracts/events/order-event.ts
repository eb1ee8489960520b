import { z } from 'zod';

import { TOPICS, type Topic } from '../topics.js';

const lineSchema = z.object({
  productId: z.int(),
  productName: z.string(),
  quantity: z.int(),
  /** Minor unit of the order's currency. */
  unitPrice: z.int(),
});

/** What every event tells of its order, and what belongs to its step. No personal data. */
export const orderEventDataSchema = z.object({
  orderId: z.string(),
  userId: z.int(),
  lines: z.array(lineSchema),
  totalPrice: z.int(),
  currency: z.string(),
  /** inventory-failed, payment-failed, order-cancelled. */
  reason: z.string().optional(),
  paymentId: z.string().optional(),
  deliveryId: z.string().optional(),
  trackingNumber: z.string().optional(),
});

export type OrderEventData = z.infer<typeof orderEventDataSchema>;

/** A CloudEvents 1.0 event in structured JSON. Readers ignore attributes that they don't know. */
export const orderEventSchema = z.object({
  specversion: z.literal('1.0'),
  /** The same however often it is sent: `<orderId>:<topic>`. */
  id: z.string(),
  type: z.string().regex(/^holdfast\.[a-z-]+\.v1$/),
  source: z.literal('/order-service'),
  /** The order's id; the Kafka message's key too. */
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  /** Counts the order's events from 1. */
  sequence: z.string().regex(/^\d+$/),
  /** W3C trace context of the order, so that what is sent from here on joins its trace. */
  traceparent: z.string().optional(),
  data: orderEventDataSchema,
});

export type OrderEvent = z.infer<typeof orderEventSchema>;

export function eventTypeOf(topic: Topic): string {
  return `holdfast.${topic}.v1`;
}

export function eventIdOf(orderId: string, topic: Topic): string {
  return `${orderId}:${topic}`;
}

/** The topic that an event type belongs to; undefined for one that is not ours. */
export function topicOf(eventType: string): Topic | undefined {
  return TOPICS.find((topic) => eventTypeOf(topic) === eventType);
}
