import { PageError } from '../page-error.js';
import type { Admin } from 'kafkajs';

/** start: of the oldest message; end: of the next one to come */
export interface Partition {
  partition: number;
  leader: number;
  start: bigint;
  end: bigint;
}

export interface Topic {
  name: string;
  partitions: Partition[];
}

/** All but Kafka's own. */
export async function listTopics(admin: Admin): Promise<Topic[]> {
  const names = await namesOf(admin);
  return names.length === 0 ? [] : describe(admin, names);
}

/** @returns rejects with a page that says so when there is none */
export async function findTopic(admin: Admin, name: string): Promise<Topic> {
  // Asking for one that isn't there could make it.
  const names = await namesOf(admin);
  const [topic] = names.includes(name) ? await describe(admin, [name]) : [];
  if (!topic) throw new PageError(404, 'There is no such topic', `Kafka has no topic named ${name}.`);
  return topic;
}

export function messagesIn({ partitions }: Topic) {
  return partitions.reduce((sum, { start, end }) => sum + end - start, 0n);
}

async function namesOf(admin: Admin) {
  return (await admin.listTopics()).filter((name) => !name.startsWith('__')).sort();
}

async function describe(admin: Admin, names: string[]) {
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
