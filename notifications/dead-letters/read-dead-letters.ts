import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { readDeadLetter, type DeadLetter } from './dead-letter.js';

export interface DeadLetters {
  /** Those not sent again yet, oldest first. */
  waiting: DeadLetter[];
  /** The ids of those that were. */
  sentAgain: Set<string>;
}

/** A broker that says how much there is gives it within this. */
const LIMIT_MS = 60_000;

/** Reads all that lies in the topic now. Rejects when Kafka can't be reached, or breaks off. */
export async function readDeadLetters(kafka: Kafka, deadLetterTopic: string): Promise<DeadLetters> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const letters: DeadLetter[] = [];
    const sentAgain = new Set<string>();
    await readToEnd(kafka, admin, deadLetterTopic, (partition, message) => {
      const read = readDeadLetter(partition, message);
      if ('sentAgain' in read) sentAgain.add(read.sentAgain);
      else letters.push(read);
    });
    const waiting = letters.filter(({ id }) => !sentAgain.has(id));
    return { waiting: waiting.sort((a, b) => a.time.localeCompare(b.time)), sentAgain };
  } finally {
    await admin.disconnect();
  }
}

type Take = (partition: number, message: DeadLetter['message']) => void;

/** Under a group that is nobody's, since kafkajs reads in groups alone. */
async function readToEnd(kafka: Kafka, admin: Admin, topic: string, take: Take): Promise<void> {
  if (!(await admin.listTopics()).includes(topic)) return;
  const left = new Map<number, bigint>();
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
    if (BigInt(high) > BigInt(low)) left.set(partition, BigInt(high) - 1n);
  if (left.size === 0) return;

  const groupId = `notifications-dlq-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 250, allowAutoTopicCreation: false });
  let late: NodeJS.Timeout | undefined;
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      late = setTimeout(() => reject(new Error(`Kafka does not give all of ${topic}`)), LIMIT_MS);
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const eachMessage = ({ partition, message }: { partition: number; message: DeadLetter['message'] }) => {
        const last = left.get(partition);
        if (last !== undefined) {
          if (BigInt(message.offset) <= last) take(partition, message);
          if (BigInt(message.offset) >= last) left.delete(partition);
        }
        if (left.size === 0) resolve();
        return Promise.resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    clearTimeout(late);
    await consumer.disconnect();
    // What is left of a group is a line in the Kafka UI, and goes by itself in a week.
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}
