// @ts-check
import kafkajs from 'kafkajs';
import { previewBytes, toEntry } from './entry.js';
import { readMessages } from './read-messages.js';

/** How many messages of a partition are looked through for those with one key. */
export const searched = 5000;

/**
 * @param {import('./topics.js').Topic} topic
 * @param {string} key
 * @returns {number} the partition that Kafka's clients put this key's messages into
 */
export function partitionOf({ name, partitions }, key) {
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
 * @param {import('./connection.js').Connection} connection
 * @param {import('./topics.js').Topic[]} topics
 * @param {string} key
 * @returns {Promise<{ entries: import('./entry.js').Entry[], leftOut: bigint }>} leftOut: how many older messages were not looked at
 */
export async function messagesByKey(connection, topics, key) {
  let leftOut = 0n;
  const ranges = topics.flatMap((topic) => {
    const place = topic.partitions.find(({ partition }) => partition === partitionOf(topic, key));
    if (!place) return [];
    const first = place.end - BigInt(searched);
    const from = first > place.start ? first : place.start;
    leftOut += from - place.start;
    return [{ topic: topic.name, partition: place.partition, from, to: place.end }];
  });
  /** @type {import('./entry.js').Entry[]} */
  const entries = [];
  await readMessages(connection, ranges, (topic, partition, message) => {
    if (message.key?.toString() === key) entries.push(toEntry(topic, partition, message, previewBytes));
  });
  return { entries: entries.sort(bySequence), leftOut };
}

/** @param {import('./entry.js').Entry} a @param {import('./entry.js').Entry} b */
function bySequence(a, b) {
  return sequenceOf(a) - sequenceOf(b) || a.time.getTime() - b.time.getTime();
}

/** @param {import('./entry.js').Entry} entry what says no sequence comes last */
function sequenceOf({ value }) {
  const sequence = Number(value?.json?.sequence);
  return Number.isFinite(sequence) ? sequence : Number.MAX_SAFE_INTEGER;
}
