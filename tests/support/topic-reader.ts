import { randomUUID } from 'node:crypto';
import { type OrderEvent, orderEventSchema } from '../../contracts/events/order-event.js';
import { TOPICS } from '../../contracts/topics.js';
import { createKafka } from '../../platform/kafka.js';
import { createLogger } from '../../platform/logger.js';
import { server } from './servers.js';
import { waitFor } from './wait-for.js';

export interface TopicReader {
  /** Waits for so many events about the order, which come in any order across topics; gives them by their sequence. */
  hears(orderId: string, count: number): Promise<{ topic: string; event: OrderEvent }[]>;
  /** Waits until an event of this topic has told of the order. */
  sees(orderId: string, topic: string): Promise<OrderEvent>;
  close(): Promise<void>;
}

/** Reads all topics of orders from their beginning, as one more consumer would. */
export async function readTopics(brokers = server('KAFKA_BROKERS')): Promise<TopicReader> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const kafka = createKafka({ brokers: brokers.split(','), clientId: 'test', logger });
  const consumer = kafka.consumer({ groupId: `test-${randomUUID()}`, maxWaitTimeInMs: 200 });
  const seen = new Map<string, { topic: string; event: OrderEvent }>();
  await consumer.connect();
  await consumer.subscribe({ topics: [...TOPICS], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ topic, message }) => {
      const event = orderEventSchema.parse(JSON.parse(String(message.value)));
      seen.set(event.id, { topic, event });
      return Promise.resolve();
    },
  });
  const of = (orderId: string) =>
    [...seen.values()]
      .filter(({ event }) => event.subject === orderId)
      .sort((a, b) => Number(a.event.sequence) - Number(b.event.sequence));
  return {
    hears: (orderId, count) =>
      waitFor(
        `${count} events about ${orderId}`,
        () => Promise.resolve(of(orderId).length >= count ? of(orderId) : undefined),
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
