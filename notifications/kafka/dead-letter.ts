import type { IHeaders, KafkaMessage, Message } from 'kafkajs';

/** Says on a message that it was sent again from the dead letters. */
const REPLAYED = 'holdfast-replayed';

export interface Origin {
  topic: string;
  partition: number;
}

/** The message as it came, and where from, and why it could not be handled. */
export function toDeadLetter({ topic, partition }: Origin, message: KafkaMessage, error: string): Message {
  const { [REPLAYED]: _replayed, ...headers } = message.headers ?? {};
  return {
    key: message.key,
    value: message.value,
    headers: {
      ...headers,
      'dlq-topic': topic,
      'dlq-partition': String(partition),
      'dlq-offset': message.offset,
      'dlq-error': error,
      'dlq-time': new Date().toISOString(),
    },
  };
}

/** The message as it was, to be sent to the topic that it came from. undefined: it doesn't say which. */
export function fromDeadLetter(message: KafkaMessage): { topic: string; message: Message } | undefined {
  const topic = text(message.headers?.['dlq-topic']);
  if (topic === undefined) return undefined;
  const headers: IHeaders = Object.fromEntries(
    Object.entries(message.headers ?? {}).filter(([name]) => !name.startsWith('dlq-')),
  );
  return { topic, message: { key: message.key, value: message.value, headers: { ...headers, [REPLAYED]: 'true' } } };
}

export function isReplayed(message: KafkaMessage): boolean {
  return text(message.headers?.[REPLAYED]) === 'true';
}

function text(header: IHeaders[string]): string | undefined {
  return header === undefined ? undefined : String(Array.isArray(header) ? header[0] : header);
}
