import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import type { Logger } from '../../platform/logger.js';
import { fromDeadLetter } from './dead-letter.js';
import { ensureTopics } from '../../platform/kafka-topics.js';

export interface ReplaySettings {
  kafka: Kafka;
  deadLetterTopic: string;
  /** Remembers how far it came: each dead letter is sent again once, more often only when a replay dies. */
  groupId: string;
  logger: Logger;
}

const pollMs = 250;

/**
 * Sends the dead letters that are there now to the topics that they came from, and returns how many. One that fails
 * again comes back as a new dead letter, for the next replay. Rejects when Kafka can't be reached.
 */
export async function replayDeadLetters({ kafka, deadLetterTopic, groupId, logger }: ReplaySettings): Promise<number> {
  const admin = kafka.admin();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 250, allowAutoTopicCreation: false });
  let sent = 0;
  try {
    await ensureTopics(kafka, [deadLetterTopic]);
    await admin.connect();
    const ends = await endsOf(admin, deadLetterTopic);
    if (await isDone(admin, groupId, deadLetterTopic, ends)) return 0;
    await producer.connect();
    await consumer.connect();
    await consumer.subscribe({ topics: [deadLetterTopic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        if (BigInt(message.offset) >= (ends.get(partition)?.end ?? 0n)) return;
        const again = fromDeadLetter(message);
        if (again === undefined)
          logger.warn({ partition, offset: message.offset }, 'dead letter of unknown origin is left out');
        else {
          await producer.send({ topic: again.topic, acks: -1, messages: [again.message] });
          sent += 1;
        }
        await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }]);
      },
    });
    while (!(await isDone(admin, groupId, deadLetterTopic, ends))) await pause(pollMs);
    return sent;
  } finally {
    await consumer.disconnect();
    await producer.disconnect();
    await admin.disconnect();
  }
}

type Ends = Map<number, { start: bigint; end: bigint }>;

async function endsOf(admin: Admin, topic: string): Promise<Ends> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(offsets.map(({ partition, low, high }) => [partition, { start: BigInt(low), end: BigInt(high) }]));
}

async function isDone(admin: Admin, groupId: string, topic: string, ends: Ends): Promise<boolean> {
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const reached = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  return [...ends].every(([partition, { start, end }]) => {
    const offset = reached.get(partition) ?? -1n;
    return (offset > start ? offset : start) >= end;
  });
}
