// @ts-check
import { PageError } from '../page-error.js';

/** @typedef {import('../cluster/topics.js').Partition} Partition */

/** @param {import('../cluster/topics.js').Topic} topic @param {string} text @returns {Partition} */
export function partitionIn({ name, partitions }, text) {
  const found = partitions.find(({ partition }) => BigInt(partition) === wholeNumber('partition', text));
  if (!found)
    throw new PageError(404, 'There is no such partition', `${name} has partitions 0 to ${partitions.length - 1}.`);
  return found;
}

/** @param {Partition} place @param {string} text @returns {bigint} */
export function offsetIn({ partition, start, end }, text) {
  const offset = wholeNumber('offset', text);
  if (start === end) throw new PageError(404, 'There is no such message', `Partition ${partition} is empty.`);
  if (offset < start || offset >= end)
    throw new PageError(404, 'There is no such message', `Partition ${partition} has offsets ${start} to ${end - 1n}.`);
  return offset;
}

/**
 * @param {import('../cluster/topics.js').Topic} topic
 * @param {string} text as `writeBefore` made it
 * @returns {import('../cluster/message-page.js').Before}
 */
export function readBefore(topic, text) {
  return new Map(
    text.split(',').map((one) => {
      const [partition = '', offset = ''] = one.split(':');
      return [partitionIn(topic, partition).partition, wholeNumber('offset', offset)];
    }),
  );
}

/** @param {import('../cluster/message-page.js').Before} before */
export function writeBefore(before) {
  return [...before].map(([partition, offset]) => `${partition}:${offset}`).join(',');
}

/** @param {string} what @param {string} text @returns {bigint} as Kafka counts: 63 bits */
function wholeNumber(what, text) {
  if (!/^\d{1,18}$/.test(text))
    throw new PageError(400, `This is no ${what}`, `${what} must be a whole number, not "${text}".`);
  return BigInt(text);
}
