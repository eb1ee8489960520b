import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { LOST } from '../domain/notification-state.js';
import type { Asked } from '../tell-customer.js';

/** Says on a message that it was sent again from the dead letters. */
const REPLAYED = 'holdfast-replayed';
const EVEN_IF_IT_WENT = 'even if it went';

/** On a message without a value in the same partition: the dead letter at this offset was sent again. */
const SENT_AGAIN = 'dlq-sent-again';

export interface Origin {
  topic: string;
  partition: number;
}

/** A message that could not be handled, as an operator sees it. */
export interface DeadLetter {
  /** `<partition>-<offset>` among the dead letters. */
  id: string;
  partition: number;
  /** Where it came from; undefined: it doesn't say, so it can't be sent again. */
  topic: string | undefined;
  /** The message's key. */
  orderId: string;
  error: string;
  /** When it was given up. */
  time: string;
  headers: Record<string, string>;
  value: string;
  message: KafkaMessage;
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

/** A message of the dead letters' topic: a letter, or the note that one was sent again. */
export function readDeadLetter(partition: number, message: KafkaMessage): DeadLetter | { sentAgain: string } {
  const headers = Object.fromEntries(
    Object.entries(message.headers ?? {}).map(([name, value]) => [name, text(value) ?? '']),
  );
  const noted = headers[SENT_AGAIN];
  if (noted !== undefined) return { sentAgain: idOf(partition, noted) };
  return {
    id: idOf(partition, message.offset),
    partition,
    topic: headers['dlq-topic'],
    orderId: String(message.key ?? ''),
    error: headers['dlq-error'] ?? '',
    time: headers['dlq-time'] ?? new Date(Number(message.timestamp)).toISOString(),
    headers,
    value: String(message.value ?? ''),
    message,
  };
}

/** The message as it was, for the topic that it came from. */
export function messageToSendAgain(letter: DeadLetter): Message {
  const { message } = letter;
  const headers: IHeaders = Object.fromEntries(
    Object.entries(message.headers ?? {}).filter(([name]) => !name.startsWith('dlq-')),
  );
  return {
    key: message.key,
    value: message.value,
    headers: { ...headers, [REPLAYED]: mayHaveGone(letter) ? EVEN_IF_IT_WENT : 'true' },
  };
}

/** The note that it was sent again, which lies beside it, so that it is sent once. */
export function noteThatSentAgain({ partition, message }: DeadLetter): Message {
  return { key: message.key, value: null, partition, headers: { [SENT_AGAIN]: message.offset } };
}

/** Whether somebody has sent it again. */
export function askedBy(message: KafkaMessage): Asked {
  const replayed = text(message.headers?.[REPLAYED]);
  return { again: replayed !== undefined, evenIfItWent: replayed === EVEN_IF_IT_WENT };
}

/** Who sends it again may tell its customer twice. */
export function mayHaveGone({ error }: DeadLetter): boolean {
  return error === LOST;
}

const idOf = (partition: number, offset: string) => `${partition}-${offset}`;

function text(header: IHeaders[string]): string | undefined {
  return header === undefined ? undefined : String(Array.isArray(header) ? header[0] : header);
}
