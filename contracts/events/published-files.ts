import { z } from 'zod';
import { type Topic, type UserTopic, CUSTOMER_TOPICS, NOTIFICATIONS_DLQ, TOPICS, USER_TOPICS } from '../topics.js';
import { EVENT_KINDS, ORDER_EVENT_SCHEMAS, factsOf, eventIdOf, eventTypeOf, type OrderEvent } from './order-event.js';
import { USER_EVENT_KINDS, USER_EVENT_SCHEMAS, type UserEvent } from './user-event.js';
import type { ServiceName } from '../services.js';

const SCHEMAS = { ...ORDER_EVENT_SCHEMAS, ...USER_EVENT_SCHEMAS };
const KINDS = { ...EVENT_KINDS, ...USER_EVENT_KINDS };

/**
 * The JSON schema (2020-12) of a topic's events, for their readers: attributes and fields that it doesn't know are
 * none of its business.
 */
export function eventJsonSchemaOf(topic: Topic | UserTopic): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(SCHEMAS[topic], { io: 'input', override: readable });
  return { $schema, title: `holdfast.${topic}.v1`, description: KINDS[topic].tells, ...schema };
}

/** Of a time's pattern `format` leaves only that it is UTC; and the safe integers need no mention. */
function readable({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema['format'] === 'date-time') jsonSchema['pattern'] = 'Z$';
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
}

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
  'payment-refunded': '7',
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
  refundId: 'ref_5d1c7a90b2e84f3f9a6b0c1d2e3f4a5b',
  amount: 500_000,
};

/** An event of the topic with each field that it can have, for documents and tests. */
export function exampleEvent(topic: Topic): OrderEvent {
  const known = { ...facts, reason: reasons[topic] };
  const data = factsOf(topic, known);
  return {
    specversion: '1.0',
    id: eventIdOf(orderId, topic, data.refundId),
    source: '/order-service',
    subject: orderId,
    type: eventTypeOf(topic),
    time: '2026-01-31T09:30:00.000Z',
    datacontenttype: 'application/json',
    sequence: sequences[topic] ?? '5',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data,
  };
}

export const exampleUserEvent = (topic: UserTopic): UserEvent => ({
  specversion: '1.0',
  id: '5b3f0d3e-3c1b-4f0e-9b57-2b1c6d7e8f90',
  source: '/user-service',
  subject: '1',
  type: eventTypeOf(topic),
  time: '2026-01-31T09:30:00.000Z',
  datacontenttype: 'application/json',
  data: { userId: 1 },
});

const bindingVersion = '0.5.0';
const keyOf = (what: string) => ({
  type: 'string',
  description: `The ${what}'s id: all events of one ${what} on a topic are in one partition.`,
});
const text = (description: string) => ({ type: 'string', description });

const RELAYED = 'Sent from the outbox once the order is written, again where the answer of Kafka was lost.';
const OF_USERS = 'Sent from the outbox, into which the database writes it with what it tells of; at least once.';
const NOTIFIED =
  'Tells the customer by e-mail, and by SMS where there is a phone: each event once, however often it comes.';
const BURIED = 'After bounded tries, so that a message that can not be handled holds nobody up.';
const SENT_AGAIN = 'By an operator, `npm run dlq -- resend`: back to the topic that it came from, each once.';

/** The AsyncAPI 3.0 document of everything that goes over Kafka: docs/asyncapi.json. */
export function asyncApiDocument(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Holdfast events',
      version: '1.0.0',
      description:
        "What happens to orders, for whoever wants to know: no step of an order waits for these events. And that a user has a new password. Each is sent at least once, an order's in sequence; across topics a reader may see one early. docs/events.md tells more.",
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      development: { host: '127.0.0.1:9092', protocol: 'kafka', description: 'The Kafka that `npm start` brings up.' },
    },
    channels: {
      ...Object.fromEntries(
        [...TOPICS, ...USER_TOPICS].map((topic) => [topic, channel(topic, topic, KINDS[topic].tells)]),
      ),
      [NOTIFICATIONS_DLQ]: channel(
        NOTIFICATIONS_DLQ,
        'deadLetter',
        "Events that the notification service can't handle, with the error.",
      ),
    },
    operations: {
      ...Object.fromEntries(
        TOPICS.map((topic) => [
          `publish-${topic}`,
          operation('send', topic, 'order-service', `${EVENT_KINDS[topic].tells} ${RELAYED}`),
        ]),
      ),
      ...Object.fromEntries(
        USER_TOPICS.map((topic) => [
          `publish-${topic}`,
          operation('send', topic, 'user-service', `${USER_EVENT_KINDS[topic].tells} ${OF_USERS}`),
        ]),
      ),
      ...Object.fromEntries(
        [...CUSTOMER_TOPICS, ...USER_TOPICS].map((topic) => [
          `notify-${topic}`,
          operation('receive', topic, 'notification-service', NOTIFIED),
        ]),
      ),
      'bury-message': operation('send', NOTIFICATIONS_DLQ, 'notification-service', BURIED),
      'send-dead-letters-again': operation('receive', NOTIFICATIONS_DLQ, 'notification-service', SENT_AGAIN),
    },
    components: {
      messages: {
        ...Object.fromEntries(TOPICS.map((topic) => [topic, eventMessage(topic, 'order', exampleEvent(topic))])),
        ...Object.fromEntries(
          USER_TOPICS.map((topic) => [topic, eventMessage(topic, 'user', exampleUserEvent(topic))]),
        ),
        deadLetter: deadLetterMessage,
      },
    },
  };
}

const channel = (topic: string, message: string, description: string) => ({
  address: topic,
  description,
  messages: { [message]: { $ref: `#/components/messages/${message}` } },
  bindings: { kafka: { topic, bindingVersion } },
});

const operation = (action: 'send' | 'receive', topic: string, service: ServiceName, description: string) => ({
  action,
  description,
  channel: { $ref: `#/channels/${topic}` },
  tags: [{ name: service }],
  ...(action === 'receive' && topic !== NOTIFICATIONS_DLQ
    ? { bindings: { kafka: { groupId: { type: 'string', const: service }, bindingVersion } } }
    : {}),
});

const eventMessage = (topic: Topic | UserTopic, about: 'order' | 'user', example: object) => ({
  name: eventTypeOf(topic),
  summary: KINDS[topic].tells,
  contentType: 'application/cloudevents+json',
  headers: {
    type: 'object',
    properties: {
      'content-type': { type: 'string', const: 'application/cloudevents+json' },
      traceparent: text(
        'W3C trace context of the sending, in the trace of what it tells of. Missing where nothing is traced.',
      ),
    },
    required: ['content-type'],
  },
  payload: payloadOf(topic),
  bindings: { kafka: { key: keyOf(about), bindingVersion } },
  examples: [{ name: 'all-fields', payload: example }],
});

/** AsyncAPI's own schemas: what ours use of JSON schema is the same in theirs, but they name no dialect. */
function payloadOf(topic: Topic | UserTopic): object {
  const { $schema: _, ...schema } = eventJsonSchemaOf(topic);
  return schema;
}

const deadLetterMessage = {
  name: 'deadLetter',
  summary: 'A message as it came, its headers too, with where it came from and why it is here.',
  headers: {
    type: 'object',
    properties: {
      'dlq-topic': text('Where it came from, and goes when it is sent again.'),
      'dlq-partition': text('In that topic.'),
      'dlq-offset': text('In that partition.'),
      'dlq-error': text('Why. Of an event that does not fit its schema: which fields, without their values.'),
      'dlq-time': { type: 'string', format: 'date-time' },
    },
    required: ['dlq-topic', 'dlq-partition', 'dlq-offset', 'dlq-error', 'dlq-time'],
  },
  payload: { description: 'Whatever it was.' },
  bindings: { kafka: { key: { description: 'As it came.' }, bindingVersion } },
};
