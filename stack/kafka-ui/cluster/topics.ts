// @ts-check
import { PageError } from '../page-error.js';

/**
 * @typedef {{ partition: number, leader: number, start: bigint, end: bigint }} Partition start: of the oldest message; end: of the next one to come
 * @typedef {{ name: string, partitions: Partition[] }} Topic
 */

/**
 * All but Kafka's own.
 * @param {import('kafkajs').Admin} admin
 * @returns {Promise<Topic[]>}
 */
export async function listTopics(admin) {
  const names = await namesOf(admin);
  return names.length === 0 ? [] : describe(admin, names);
}

/**
 * @param {import('kafkajs').Admin} admin
 * @param {string} name
 * @returns {Promise<Topic>} rejects with a page that says so when there is none
 */
export async function findTopic(admin, name) {
  // Asking for one that isn't there could make it.
  const names = await namesOf(admin);
  const [topic] = names.includes(name) ? await describe(admin, [name]) : [];
  if (!topic) throw new PageError(404, 'There is no such topic', `Kafka has no topic named ${name}.`);
  return topic;
}

/** @param {Topic} topic */
export function messagesIn({ partitions }) {
  return partitions.reduce((sum, { start, end }) => sum + end - start, 0n);
}

/** @param {import('kafkajs').Admin} admin */
async function namesOf(admin) {
  return (await admin.listTopics()).filter((name) => !name.startsWith('__')).sort();
}

/** @param {import('kafkajs').Admin} admin @param {string[]} names */
async function describe(admin, names) {
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const described = await Promise.all(
    topics.map(async ({ name, partitions }) => {
      const offsets = new Map((await admin.fetchTopicOffsets(name)).map((entry) => [entry.partition, entry]));
      return {
        name,
        partitions: partitions
          .map(({ partitionId, leader }) => ({
            partition: partitionId,
            leader,
            start: BigInt(offsets.get(partitionId)?.low ?? 0),
            end: BigInt(offsets.get(partitionId)?.high ?? 0),
          }))
          .sort((a, b) => a.partition - b.partition),
      };
    }),
  );
  return described.sort((a, b) => (a.name < b.name ? -1 : 1));
}
