import { randomUUID } from 'node:crypto';
import type { OrderEvent } from '../../contracts/events/order-event.js';
import { TOPICS, USER_TOPICS } from '../../contracts/topics.js';
import { ensureTopics, createKafka } from '../../platform/kafka.js';
import { createLogger } from '../../platform/logger.js';
import { server } from './servers.js';
import { waitFor } from './wait-for.js';

export interface TopicMessage {
  topic: string;
  key: string;
  headers: Record<string, string>;
  /** The broker's, in ms. */
  timestamp: string;
  value: string;
  /** The value as it was sent, unchecked. */
  event: OrderEvent;
}

export interface TopicReader {
  /** The order's messages so far, repeats too, in the order of reading. */
  of(orderId: string): TopicMessage[];
  /** Waits for so many events about the order, which come in any order across topics; gives them by their sequence. */
  hears(orderId: string, count: number): Promise<TopicMessage[]>;
  /** Waits until an event of this topic has told of the order. */
  sees(orderId: string, topic: string): Promise<OrderEvent>;
  close(): Promise<void>;
}

const ALL = [...TOPICS, ...USER_TOPICS];

/** Reads all topics of orders and users from their beginning, as one more consumer would. */
export async function readTopics(brokers = server('KAFKA_BROKERS')): Promise<TopicReader> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const kafka = createKafka({ brokers: brokers.split(','), clientId: 'test', logger });
  await waitFor('Kafka to answer', () => ensureTopics(kafka, ALL).then(() => true));
  const consumer = kafka.consumer({ groupId: `test-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const read: TopicMessage[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: ALL, fromBeginning: true });
  await consumer.run({
    eachMessage: ({ topic, message }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
      const value = String(message.value);
      read.push({
        topic,
        key: String(message.key),
        headers: Object.fromEntries(headers) as Record<string, string>,
        timestamp: message.timestamp,
        value,
        event: JSON.parse(value) as OrderEvent,
      });
      return Promise.resolve();
    },
  });
  const of = (orderId: string) => read.filter(({ key }) => key === orderId);
  const eventsOf = (orderId: string) =>
    [...new Map(of(orderId).map((message) => [message.event.id, message])).values()].sort(
      (a, b) => Number(a.event.sequence) - Number(b.event.sequence),
    );
  return {
    of,
    hears: (orderId, count) =>
      waitFor(
        `${count} events about ${orderId}`,
        () => Promise.resolve(eventsOf(orderId).length >= count ? eventsOf(orderId) : undefined),
        { timeoutMs: 30_000 },
      ),
    sees: (orderId, topic) =>
      waitFor(
        `an event on ${topic} about ${orderId}`,
        () => Promise.resolve(of(orderId).find((entry) => entry.topic === topic)?.event),
        { timeoutMs: 30_000 },
      ),
    close: () => consumer.disconnect(),
  };
}
