import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';
import { ownGroups, type Connection, type Topic } from './cluster.js';
import { PageError } from './page.js';

/** From the offset `from` up to, without, `to`. */
interface Range {
  topic: string;
  partition: number;
  from: bigint;
  to: bigint;
}

const limitMs = 10_000;

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

  const groupId = ownGroups + randomUUID();
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

/** Json: undefined unless it is an object or a list. */
interface Content {
  text: string;
  json: Record<string, unknown> | unknown[] | undefined;
  bytes: number;
  cut: boolean;
  binary: boolean;
}

/** A message, made readable. */
export interface Entry {
  topic: string;
  partition: number;
  offset: bigint;
  time: Date;
  key: string | undefined;
  /** Undefined: it says that its key was deleted. */
  value: Content | undefined;
  headers: { name: string; value: string }[];
}

/** More of a value than this is shown only on the message's own page. */
const previewBytes = 20_000;

const strict = new TextDecoder('utf-8', { fatal: true });

/** @param limit bytes of the value that are looked at */
export function toEntry(topic: string, partition: number, message: KafkaMessage, limit: number = Infinity): Entry {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    time: new Date(Number(message.timestamp)),
    key: message.key ? readable(message.key).text : undefined,
    value: message.value ? contentOf(message.value, limit) : undefined,
    headers: Object.entries(message.headers ?? {}).flatMap(([name, value]) =>
      [value ?? ''].flat().map((one) => ({ name, value: readable(Buffer.from(one)).text })),
    ),
  };
}

function contentOf(bytes: Buffer, limit: number): Content {
  const cut = bytes.length > limit;
  // A cut through the middle of a character isn't what makes a value binary.
  const { text, binary } = readable(cut ? bytes.subarray(0, wholeCharacters(bytes, limit)) : bytes);
  return { text, binary, bytes: bytes.length, cut, json: cut || binary ? undefined : parse(text) };
}

function wholeCharacters(bytes: Buffer, limit: number) {
  let end = limit;
  while (end > limit - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}

function readable(bytes: Buffer) {
  try {
    return { text: strict.decode(bytes), binary: false };
  } catch {
    return { text: bytes.toString('hex').replace(/(..)(?!$)/g, '$1 '), binary: true };
  }
}

function parse(text: string): Content['json'] {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Content['json']) : undefined;
  } catch {
    return undefined;
  }
}

/** By partition, the offset that everything wanted comes before; the end where there is none. */
export type Before = Map<number, bigint>;

const pageSize = 20;

/**
 * The newest messages before a place.
 * @param wanted partitions: those looked into; key: only messages with that key
 * @returns older: before what to go on; undefined at the beginning
 */
export async function pageOfMessages(
  connection: Connection,
  topic: Topic,
  { before, partitions, key }: { before: Before; partitions: number[]; key?: string },
): Promise<{ entries: Entry[]; older: Before | undefined }> {
  const ranges = topic.partitions
    .filter(({ partition }) => partitions.includes(partition))
    .map(({ partition, start, end }) => {
      const asked = before.get(partition) ?? end;
      const to = asked < end ? asked : end;
      const from = to - BigInt(key === undefined ? pageSize : searched);
      return { topic: topic.name, partition, start, from: from < start ? start : from, to };
    });
  const lists: Map<number, Entry[]> = new Map(ranges.map(({ partition }) => [partition, []]));
  await readMessages(connection, ranges, (name, partition, message) => {
    if (key !== undefined && message.key?.toString() !== key) return;
    lists.get(partition)?.push(toEntry(name, partition, message, previewBytes));
  });
  const entries = takeNewest([...lists.values()], pageSize);

  const older: Before = new Map();
  for (const { partition, from } of ranges) {
    const left = lists.get(partition)?.at(-1);
    older.set(partition, left ? left.offset + 1n : from);
  }
  const isMore = ranges.some(({ partition, start }) => (older.get(partition) ?? start) > start);
  return { entries, older: isMore ? older : undefined };
}

/**
 * Newest first, but never an older offset of a partition before a newer one, whatever their times say: what is left ends at one place in each.
 * @param lists one for each partition, in the order of offsets; what is taken is gone from them
 */
function takeNewest(lists: Entry[][], count: number) {
  const taken: Entry[] = [];
  while (taken.length < count) {
    let newest: Entry[] | undefined;
    for (const list of lists) if (timeAtEnd(list) > timeAtEnd(newest)) newest = list;
    const entry = newest?.pop();
    if (!entry) break;
    taken.push(entry);
  }
  return taken;
}

function timeAtEnd(list: Entry[] | undefined) {
  const time = list?.at(-1)?.time.getTime() ?? -Infinity;
  // What a producer says can be no time at all: it is out of the others' way first.
  return Number.isNaN(time) ? Infinity : time;
}

/** How many messages of a partition are looked through for those with one key. */
const searched = 5000;

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
