import { PageError } from '../page-error.js';
import type { Partition, Topic } from '../cluster/topics.js';
import type { Before } from '../cluster/message-page.js';

export function partitionIn({ name, partitions }: Topic, text: string): Partition {
  const found = partitions.find(({ partition }) => BigInt(partition) === wholeNumber('partition', text));
  if (!found)
    throw new PageError(404, 'There is no such partition', `${name} has partitions 0 to ${partitions.length - 1}.`);
  return found;
}

export function offsetIn({ partition, start, end }: Partition, text: string): bigint {
  const offset = wholeNumber('offset', text);
  if (start === end) throw new PageError(404, 'There is no such message', `Partition ${partition} is empty.`);
  if (offset < start || offset >= end)
    throw new PageError(404, 'There is no such message', `Partition ${partition} has offsets ${start} to ${end - 1n}.`);
  return offset;
}

/** @param text as `writeBefore` made it */
export function readBefore(topic: Topic, text: string): Before {
  return new Map(
    text.split(',').map((one) => {
      const [partition = '', offset = ''] = one.split(':');
      return [partitionIn(topic, partition).partition, wholeNumber('offset', offset)];
    }),
  );
}

export function writeBefore(before: Before) {
  return [...before].map(([partition, offset]) => `${partition}:${offset}`).join(',');
}

/** @returns as Kafka counts: 63 bits */
function wholeNumber(what: string, text: string): bigint {
  if (!/^\d{1,18}$/.test(text))
    throw new PageError(400, `This is no ${what}`, `${what} must be a whole number, not "${text}".`);
  return BigInt(text);
}
