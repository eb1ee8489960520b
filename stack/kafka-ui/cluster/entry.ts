// @ts-check

/**
 * @typedef {{ text: string, json: any, bytes: number, cut: boolean, binary: boolean }} Content json: undefined unless it is an object or a list
 * @typedef {object} Entry a message, made readable
 * @property {string} topic
 * @property {number} partition
 * @property {bigint} offset
 * @property {Date} time
 * @property {string | undefined} key
 * @property {Content | undefined} value undefined: it says that its key was deleted
 * @property {{ name: string, value: string }[]} headers
 */

/** More of a value than this is shown only on the message's own page. */
export const previewBytes = 20_000;

const strict = new TextDecoder('utf-8', { fatal: true });

/**
 * @param {string} topic
 * @param {number} partition
 * @param {import('kafkajs').KafkaMessage} message
 * @param {number} [limit] bytes of the value that are looked at
 * @returns {Entry}
 */
export function toEntry(topic, partition, message, limit = Infinity) {
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

/** @param {Buffer} bytes @param {number} limit @returns {Content} */
function contentOf(bytes, limit) {
  const cut = bytes.length > limit;
  // A cut through the middle of a character isn't what makes a value binary.
  const { text, binary } = readable(cut ? bytes.subarray(0, wholeCharacters(bytes, limit)) : bytes);
  return { text, binary, bytes: bytes.length, cut, json: cut || binary ? undefined : parse(text) };
}

/** @param {Buffer} bytes @param {number} limit */
function wholeCharacters(bytes, limit) {
  let end = limit;
  while (end > limit - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}

/** @param {Buffer} bytes */
function readable(bytes) {
  try {
    return { text: strict.decode(bytes), binary: false };
  } catch {
    return { text: bytes.toString('hex').replace(/(..)(?!$)/g, '$1 '), binary: true };
  }
}

/** @param {string} text */
function parse(text) {
  try {
    const json = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
