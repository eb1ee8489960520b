import { randomUUID } from 'node:crypto';
import { PageError } from '../page-error.js';
import type { Connection } from './connection.js';
import type { KafkaMessage } from 'kafkajs';

/** from the offset `from` up to, without, `to` */
export interface Range {
  topic: string;
  partition: number;
  from: bigint;
  to: bigint;
}

const prefix = 'holdfast-kafka-ui-';
const limitMs = 10_000;

export const isOurs = (groupId: string) => groupId.startsWith(prefix);

/**
 * Reads what lies in the ranges and leaves no trace. kafkajs reads only as a member of a consumer group, so each reading has a group of its own,
 * which commits nothing and is deleted after; one that was left by a kill has no offsets, so Kafka drops it by itself.
 * @param ranges one for a partition at most
 * @param onMessage is given those of a partition in the order of their offsets
 * @returns rejects when it takes longer than ten seconds
 */
export async function readMessages(
  { kafka, admin }: Connection,
  ranges: Range[],
  onMessage: (topic: string, partition: number, message: KafkaMessage) => void,
): Promise<void> {
  const open: Map<string, { range: Range; next: bigint }> = new Map();
  for (const range of ranges)
    if (range.from < range.to) open.set(`${range.topic}/${range.partition}`, { range, next: range.from });
  if (open.size === 0) return;

  const groupId = prefix + randomUUID();
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { retries: 1, restartOnFailure: () => Promise.resolve(false) },
  });
  let late: NodeJS.Timeout | undefined;
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...new Set(ranges.map(({ topic }) => topic))], fromBeginning: true });
    await new Promise((resolve, reject) => {
      late = setTimeout(
        () => reject(new PageError(503, 'Kafka took too long', 'It did not give the messages in ten seconds.')),
        limitMs,
      );
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      // Before the first fetch, and again should the group begin anew.
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        for (const [topic, partitions] of Object.entries(payload.memberAssignment))
          for (const partition of partitions) {
            const place = open.get(`${topic}/${partition}`);
            if (place) consumer.seek({ topic, partition, offset: `${place.next}` });
            else consumer.pause([{ topic, partitions: [partition] }]);
          }
      });
      // Comes for batches of nothing but transaction marks, too, which eachBatch doesn't see.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        const { topic, partition } = payload;
        const place = open.get(`${topic}/${partition}`);
        if (!place) return;
        place.next = BigInt(payload.lastOffset) + 1n;
        if (place.next < place.range.to) return;
        open.delete(`${topic}/${partition}`);
        consumer.pause([{ topic, partitions: [partition] }]);
        if (open.size === 0) resolve(undefined);
      });
      consumer
        .run({
          autoCommit: false,
          // eslint-disable-next-line @typescript-eslint/require-await -- kafkajs wants a promise
          eachBatch: async ({ batch: { topic, partition, messages } }) => {
            const place = open.get(`${topic}/${partition}`);
            for (const message of place ? messages : []) {
              const offset = BigInt(message.offset);
              if (!place || offset < place.next || offset >= place.range.to) continue;
              onMessage(topic, partition, message);
            }
          },
        })
        .catch(reject);
    });
  } finally {
    clearTimeout(late);
    await consumer.disconnect().catch(() => undefined);
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}
