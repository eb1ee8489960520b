import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';

import { orderEventSchema, type OrderEvent } from '../../../contracts/events/order-event.js';
import { TOPICS } from '../../../contracts/topics.js';

export interface ReadMessage {
  topic: string;
  key: string;
  headers: Record<string, string>;
  /** The broker's, in ms. */
  timestamp: string;
  event: OrderEvent;
}

export interface MessageReader {
  /** The order's events read so far, in the order of reading. */
  of(orderId: string): ReadMessage[];
  close(): Promise<void>;
}

/** Reads all topics of orders from their beginning, in a consumer group of its own. Makes topics that are missing. */
export async function readMessages(kafka: Kafka): Promise<MessageReader> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: TOPICS.map((topic) => ({ topic, numPartitions: 3 })) }).catch(() => undefined);
  await admin.disconnect();

  const read: ReadMessage[] = [];
  const consumer = kafka.consumer({ groupId: `message-reader-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [...TOPICS], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ topic, message }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
      read.push({
        topic,
        key: String(message.key),
        headers: Object.fromEntries(headers) as Record<string, string>,
        timestamp: message.timestamp,
        event: orderEventSchema.parse(JSON.parse(String(message.value))),
      });
      return Promise.resolve();
    },
  });
  return {
    of: (orderId) => read.filter(({ key }) => key === orderId),
    close: () => consumer.disconnect(),
  };
}
