import type { KafkaMessage } from 'kafkajs';

/** json: undefined unless it is an object or a list */
export interface Content {
  text: string;
  json: Record<string, unknown> | unknown[] | undefined;
  bytes: number;
  cut: boolean;
  binary: boolean;
}

/** a message, made readable */
export interface Entry {
  topic: string;
  partition: number;
  offset: bigint;
  time: Date;
  key: string | undefined;
  /** undefined: it says that its key was deleted */
  value: Content | undefined;
  headers: { name: string; value: string }[];
}

/** More of a value than this is shown only on the message's own page. */
export const previewBytes = 20_000;

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
