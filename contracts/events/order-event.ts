import { z } from 'zod';

import { textIdSchema, timeSchema } from '../http/common.js';
import { TOPICS, type Topic } from '../topics.js';
import { EVENT_KINDS, type OrderEventData } from './event-data.js';

/** The attributes of a CloudEvents 1.0 event in structured JSON. */
const attributes = {
  specversion: z.literal('1.0'),
  id: z.string().min(1).describe('`<orderId>:<topic>`: the same however often the event is sent.'),
  source: z.literal('/order-service'),
  subject: textIdSchema.describe("The order's id."),
  time: timeSchema.describe('When the step was written down. RFC 3339, UTC.'),
  datacontenttype: z.literal('application/json'),
  sequence: z
    .string()
    .regex(/^[1-9][0-9]*$/)
    .describe("Counts the order's events from 1, without a gap. Compare as numbers."),
  traceparent: z.string().optional().describe('W3C trace context of the step. Missing where nothing is traced.'),
};

/** Source of the types and of the files in schemas/, with which both ends check. */
export const orderEventSchemaOf = (topic: Topic) =>
  z.object({
    ...attributes,
    type: z.literal(eventTypeOf(topic)),
    data: EVENT_KINDS[topic].data,
  });

/** As a reader finds it, whatever its topic. */
export type OrderEvent = z.infer<z.ZodObject<typeof attributes>> & { type: string; data: OrderEventData };

export function eventTypeOf(topic: Topic): string {
  return `holdfast.${topic}.v1`;
}

export function eventIdOf(orderId: string, topic: Topic): string {
  return `${orderId}:${topic}`;
}

/** The topic that an event type belongs to; undefined for one that is not ours. */
export function topicOf(eventType: unknown): Topic | undefined {
  return TOPICS.find((topic) => eventTypeOf(topic) === eventType);
}
