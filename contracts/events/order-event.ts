import { z } from 'zod';

import { integerIdSchema, textIdSchema, timeSchema } from '../http/common.js';
import { amountSchema } from '../money.js';
import { TOPICS, type Topic, type UserTopic } from '../topics.js';

const lineSchema = z.object({
  productId: integerIdSchema,
  productName: z.string().describe('As it was when the order was placed.'),
  quantity: z.int().min(1),
  unitPrice: amountSchema.describe("In the minor unit of the order's currency."),
});

/** In every event. No personal data. */
const orderFacts = {
  orderId: textIdSchema.describe("The order. Also the event's subject and the message's key."),
  userId: integerIdSchema.describe('Whose order it is. Who that is only the user service tells.'),
  lines: z.array(lineSchema).min(1).describe('What is ordered; `unitPrice` in the minor unit of the currency.'),
  totalPrice: amountSchema.describe(
    'In the minor unit of the currency: 3500000 is 3,500,000 won, or 35,000.00 dollars.',
  ),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .meta({ examples: ['KRW'] })
    .describe('ISO 4217.'),
};

const stepFacts = {
  reason: z.string().min(1),
  paymentId: textIdSchema.describe('See GET /payments/{id}.'),
  deliveryId: textIdSchema.describe('See GET /deliveries/{id}.'),
  trackingNumber: z.string().min(1).describe("The carrier's."),
  refundId: textIdSchema.describe('Of the refund, as the order and its payment show it.'),
  amount: amountSchema.min(1).describe('What went back, in the minor unit of the currency.'),
};
const { reason, paymentId, deliveryId, trackingNumber, refundId, amount } = stepFacts;

/** Without ids when an operator settled the step elsewhere: then nobody here knows them. */
const unlessSettled = <T extends z.ZodType>(fact: T) =>
  fact.optional().describe(`${fact.description ?? ''} Missing when an operator settled the step elsewhere.`);
const ifItCameToThat = <T extends z.ZodType>(fact: T) =>
  fact.optional().describe(`${fact.description ?? ''} Missing when the order did not come that far.`);

interface EventKind {
  /** What has happened. */
  tells: string;
  data: z.ZodObject;
}

const kind = <Facts extends z.ZodRawShape>(tells: string, facts: Facts) => ({
  tells,
  data: z.object({ ...orderFacts, ...facts }),
});

/** What each event tells, and what its data holds. All else of what is documented about events is made from this. */
export const EVENT_KINDS = {
  'order-created': kind('The order is placed. Nothing is held or charged yet.', {}),
  'inventory-reserved': kind('The stock of all lines is held for the order.', {}),
  'inventory-failed': kind('A line has not enough stock. Nothing is held; the order is cancelled.', {
    reason: reason.describe('INSUFFICIENT_STOCK.').meta({ examples: ['INSUFFICIENT_STOCK'] }),
  }),
  'payment-completed': kind('The total price is charged, or held until the hand-over.', {
    paymentId: unlessSettled(paymentId),
  }),
  'payment-failed': kind('The charge was declined, or could not be made in time. The order is undone.', {
    reason: reason
      .describe("The payment provider's code, or PAYMENT_TIMEOUT: what it may have charged all the same is given back.")
      .meta({ examples: ['card_declined', 'PAYMENT_TIMEOUT'] }),
    paymentId: paymentId
      .optional()
      .describe('See GET /payments/{id}. Missing when the charge could not be made in time.'),
  }),
  'payment-refunded': kind(
    'An operator gave a part of the charge back, or all of it. Each refund is an event of its own, and may come after the order has ended.',
    { refundId, amount, paymentId: unlessSettled(paymentId) },
  ),
  'delivery-started': kind('The carrier has the delivery.', {
    deliveryId: unlessSettled(deliveryId),
    trackingNumber: unlessSettled(trackingNumber),
  }),
  'delivery-completed': kind('The carrier has delivered.', {
    deliveryId: unlessSettled(deliveryId),
    trackingNumber: unlessSettled(trackingNumber),
  }),
  'order-completed': kind('Delivered, and the held stock has left the books. Nothing follows but refunds.', {
    paymentId: unlessSettled(paymentId),
    deliveryId: unlessSettled(deliveryId),
    trackingNumber: unlessSettled(trackingNumber),
  }),
  'order-cancelled': kind('All that was done is undone. Nothing follows but refunds that were begun before.', {
    reason: reason
      .describe("The order's cancelReason; one that a reader doesn't know is still a cancellation.")
      .meta({ examples: ['INSUFFICIENT_STOCK', 'PAYMENT_DECLINED', 'DELIVERY_RETURNED', 'CUSTOMER_REQUEST'] }),
    paymentId: ifItCameToThat(paymentId),
    deliveryId: ifItCameToThat(deliveryId),
    trackingNumber: ifItCameToThat(trackingNumber),
  }),
} satisfies Record<Topic, EventKind>;

/** What a reader may find in an event of any topic; EVENT_KINDS says which topic has what. */
export type OrderEventData = z.infer<z.ZodObject<typeof orderFacts>> & Partial<z.infer<z.ZodObject<typeof stepFacts>>>;

type DataOf<T extends Topic> = z.infer<(typeof EVENT_KINDS)[T]['data']>;
type TopicWithReason = { [T in Topic]: DataOf<T> extends { reason: string } ? T : never }[Topic];
type TopicOfRefund = { [T in Topic]: DataOf<T> extends { refundId: string } ? T : never }[Topic];
export type TopicWithoutReason = Exclude<Topic, TopicWithReason | TopicOfRefund>;

/** An event that a step asks for, with its reason where the topic has one; or that a refund does. */
export type EventToTell =
  | { topic: TopicWithReason; reason: string; refund?: undefined }
  | { topic: TopicWithoutReason; reason?: undefined; refund?: undefined }
  | { topic: TopicOfRefund; reason?: undefined; refund: { id: string; amount: number } };

/** Of all that is known of an order, what an event of the topic holds; empty facts are left out. */
export function factsOf(topic: Topic, known: Nullable<OrderEventData>): OrderEventData {
  const names = Object.keys(EVENT_KINDS[topic].data.shape) as (keyof OrderEventData)[];
  const facts = names.map((name) => [name, known[name]] as const).filter(([, fact]) => (fact ?? '') !== '');
  return Object.fromEntries(facts) as unknown as OrderEventData;
}

type Nullable<T> = { [Name in keyof T]: T[Name] | (undefined extends T[Name] ? null : never) };

/** Attributes of a CloudEvents 1.0 event in structured JSON. */
export const commonAttributes = {
  specversion: z.literal('1.0'),
  time: timeSchema.describe('When it was written down. RFC 3339, UTC.'),
  datacontenttype: z.literal('application/json'),
};

const attributes = {
  specversion: commonAttributes.specversion,
  id: z
    .string()
    .min(1)
    .describe(
      '`<orderId>:<topic>`, and of `payment-refunded` `<orderId>:<topic>:<refundId>`: the same however often the event is sent.',
    ),
  source: z.literal('/order-service'),
  subject: textIdSchema.describe("The order's id."),
  time: timeSchema.describe('When the step was written down. RFC 3339, UTC.'),
  datacontenttype: commonAttributes.datacontenttype,
  sequence: z
    .string()
    .regex(/^[1-9][0-9]*$/)
    .describe("Counts the order's events from 1, without a gap. Compare as numbers."),
  traceparent: z.string().optional().describe('W3C trace context of the step. Missing where nothing is traced.'),
};

const schemaOf = (topic: Topic) =>
  z.object({ ...attributes, type: z.literal(eventTypeOf(topic)), data: EVENT_KINDS[topic].data });

/** Source of the types and of the files in schemas/; both ends check with it. */
export const ORDER_EVENT_SCHEMAS = Object.fromEntries(TOPICS.map((topic) => [topic, schemaOf(topic)])) as Record<
  Topic,
  ReturnType<typeof schemaOf>
>;

/** As a reader finds it, whatever its topic. */
export type OrderEvent = z.infer<z.ZodObject<typeof attributes>> & { type: string; data: OrderEventData };

export function eventTypeOf(topic: Topic | UserTopic): string {
  return `holdfast.${topic}.v1`;
}

/** An order tells of each step once, and of each of its refunds. */
export function eventIdOf(orderId: string, topic: Topic, refundId?: string): string {
  return refundId === undefined ? `${orderId}:${topic}` : `${orderId}:${topic}:${refundId}`;
}

/** The topic that an event type belongs to; undefined for one that is not ours. */
export function topicOf(eventType: unknown): Topic | undefined {
  return TOPICS.find((topic) => eventTypeOf(topic) === eventType);
}

/** Of an error: it travels in a header. */
const MOST_TOLD = 5;

/** It is no event as documented. The message names each field that is wrong, and no values. */
export class UnfitEvent extends Error {
  override readonly name = 'UnfitEvent';

  constructor(misfits: readonly string[]) {
    super(`not an event as documented: ${misfits.slice(0, MOST_TOLD).join('; ')}`);
  }
}

/**
 * The event with what is documented of its type, and nothing else: who makes one sends nothing undocumented, and who
 * reads one passes over what is newer than itself. Throws UnfitEvent.
 */
export function checkedEvent(event: unknown): OrderEvent {
  if (typeof event !== 'object' || event === null) throw new UnfitEvent(['it is no JSON object']);
  const topic = topicOf((event as { type?: unknown }).type);
  if (topic === undefined) throw new UnfitEvent(['type: is that of no event']);
  return fitting(ORDER_EVENT_SCHEMAS[topic], event);
}

export function fitting<Event>(schema: z.ZodType<Event>, event: unknown): Event {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new UnfitEvent(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
}
