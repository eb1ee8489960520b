import { previewBytes, toEntry, type Entry } from './entry.js';
import { searched } from './messages-by-key.js';
import { readMessages } from './read-messages.js';
import type { Connection } from './connection.js';
import type { Topic } from './topics.js';

/** by partition, the offset that everything wanted comes before; the end where there is none */
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
