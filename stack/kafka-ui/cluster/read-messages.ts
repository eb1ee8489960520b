// @ts-check
import { randomUUID } from 'node:crypto';
import { PageError } from '../page-error.js';

/**
 * @typedef {{ topic: string, partition: number, from: bigint, to: bigint }} Range from the offset `from` up to, without, `to`
 */

const prefix = 'holdfast-kafka-ui-';
const limitMs = 10_000;

/** @param {string} groupId */
export const isOurs = (groupId) => groupId.startsWith(prefix);

/**
 * Reads what lies in the ranges and leaves no trace. kafkajs reads only as a member of a consumer group, so each reading has a group of its own,
 * which commits nothing and is deleted after; one that was left by a kill has no offsets, so Kafka drops it by itself.
 * @param {import('./connection.js').Connection} connection
 * @param {Range[]} ranges one for a partition at most
 * @param {(topic: string, partition: number, message: import('kafkajs').KafkaMessage) => void} onMessage is given those of a partition in the order of their offsets
 * @returns {Promise<void>} rejects when it takes longer than ten seconds
 */
export async function readMessages({ kafka, admin }, ranges, onMessage) {
  /** @type {Map<string, { range: Range, next: bigint }>} */
  const open = new Map();
  for (const range of ranges)
    if (range.from < range.to) open.set(`${range.topic}/${range.partition}`, { range, next: range.from });
  if (open.size === 0) return;

  const groupId = prefix + randomUUID();
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { retries: 1, restartOnFailure: async () => false },
  });
  /** @type {NodeJS.Timeout | undefined} */
  let late;
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
