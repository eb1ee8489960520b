import kafkajs from 'kafkajs';
import { previewBytes, toEntry, type Entry } from './entry.js';
import { readMessages } from './read-messages.js';
import type { Topic } from './topics.js';
import type { Connection } from './connection.js';

/** How many messages of a partition are looked through for those with one key. */
export const searched = 5000;

/** @returns the partition that Kafka's clients put this key's messages into */
export function partitionOf({ name, partitions }: Topic, key: string): number {
  const partitionMetadata = partitions.map(({ partition, leader }) => ({
    partitionId: partition,
    leader,
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
  }));
  return kafkajs.Partitioners.DefaultPartitioner()({ topic: name, partitionMetadata, message: { key, value: null } });
}

/**
 * The messages with a key, of all topics, in the order of what they tell of: by the sequence that an event says, else by time.
 * @returns leftOut: how many older messages were not looked at
 */
export async function messagesByKey(
  connection: Connection,
  topics: Topic[],
  key: string,
): Promise<{ entries: Entry[]; leftOut: bigint }> {
  let leftOut = 0n;
  const ranges = topics.flatMap((topic) => {
    const place = topic.partitions.find(({ partition }) => partition === partitionOf(topic, key));
    if (!place) return [];
    const first = place.end - BigInt(searched);
    const from = first > place.start ? first : place.start;
    leftOut += from - place.start;
    return [{ topic: topic.name, partition: place.partition, from, to: place.end }];
  });
  const entries: Entry[] = [];
  await readMessages(connection, ranges, (topic, partition, message) => {
    if (message.key?.toString() === key) entries.push(toEntry(topic, partition, message, previewBytes));
  });
  return { entries: entries.sort(bySequence), leftOut };
}

function bySequence(a: Entry, b: Entry) {
  return sequenceOf(a) - sequenceOf(b) || a.time.getTime() - b.time.getTime();
}

/** @param entry what says no sequence comes last */
function sequenceOf({ value }: Entry) {
  const sequence = Number((value?.json as { sequence?: unknown } | undefined)?.sequence);
  return Number.isFinite(sequence) ? sequence : Number.MAX_SAFE_INTEGER;
}
