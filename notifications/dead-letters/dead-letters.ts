import type { IHeaders, KafkaMessage, Message, Admin, Kafka } from 'kafkajs';
import { LOST } from '../notification-store.js';
import type { Asked } from '../tell-customer.js';
import { randomUUID } from 'node:crypto';

/** Says on a message that it was sent again from the dead letters; of what may have gone, with the time of its letter. */
const REPLAYED = 'holdfast-replayed';
const EVEN_IF_SENT_BY = 'even if sent by ';

/** On a message without a value in the same partition: the dead letter at this offset was sent again. */
const SENT_AGAIN = 'dlq-sent-again';

interface Origin {
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
  /** The id of the order or user: the message's key. */
  about: string;
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
function readDeadLetter(partition: number, message: KafkaMessage): DeadLetter | { sentAgain: string } {
  const headers = Object.fromEntries(
    Object.entries(message.headers ?? {}).map(([name, value]) => [name, text(value) ?? '']),
  );
  const noted = headers[SENT_AGAIN];
  if (noted !== undefined) return { sentAgain: idOf(partition, noted) };
  return {
    id: idOf(partition, message.offset),
    partition,
    topic: headers['dlq-topic'],
    about: String(message.key ?? ''),
    error: headers['dlq-error'] ?? '',
    time: headers['dlq-time'] ?? new Date(Number(message.timestamp)).toISOString(),
    headers,
    value: String(message.value ?? ''),
    message,
  };
}

/** The message as it was, for the topic that it came from. */
function messageToSendAgain(letter: DeadLetter): Message {
  const { message } = letter;
  const headers: IHeaders = Object.fromEntries(
    Object.entries(message.headers ?? {}).filter(([name]) => !name.startsWith('dlq-')),
  );
  return {
    key: message.key,
    value: message.value,
    headers: { ...headers, [REPLAYED]: mayHaveGone(letter) ? `${EVEN_IF_SENT_BY}${letter.time}` : 'true' },
  };
}

/** The note that it was sent again, which lies beside it, so that it is sent once. */
function noteThatSentAgain({ partition, message }: DeadLetter): Message {
  return { key: message.key, value: null, partition, headers: { [SENT_AGAIN]: message.offset } };
}

/** Whether somebody has sent it again. */
export function askedBy(message: KafkaMessage): Asked {
  const replayed = text(message.headers?.[REPLAYED]);
  const by = replayed?.startsWith(EVEN_IF_SENT_BY) ? Date.parse(replayed.slice(EVEN_IF_SENT_BY.length)) : NaN;
  return { again: replayed !== undefined, evenIfSentBy: Number.isNaN(by) ? undefined : new Date(by) };
}

/** Who sends it again may tell its customer twice. */
function mayHaveGone({ error }: DeadLetter): boolean {
  return error === LOST;
}

const idOf = (partition: number, offset: string) => `${partition}-${offset}`;

function text(header: IHeaders[string]): string | undefined {
  return header === undefined ? undefined : String(Array.isArray(header) ? header[0] : header);
}

interface DeadLetters {
  /** Those not sent again yet, oldest first. */
  waiting: DeadLetter[];
  /** The ids of those that were. */
  sentAgain: Set<string>;
}

/** A broker that says how much there is gives it within this. */
const LIMIT_MS = 60_000;

/** Reads all that lies in the topic now. Rejects when Kafka can't be reached, or breaks off. */
export async function readDeadLetters(kafka: Kafka, deadLetterTopic: string): Promise<DeadLetters> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const letters: DeadLetter[] = [];
    const sentAgain = new Set<string>();
    await readToEnd(kafka, admin, deadLetterTopic, (partition, message) => {
      const read = readDeadLetter(partition, message);
      if ('sentAgain' in read) sentAgain.add(read.sentAgain);
      else letters.push(read);
    });
    const waiting = letters.filter(({ id }) => !sentAgain.has(id));
    return { waiting: waiting.sort((a, b) => a.time.localeCompare(b.time)), sentAgain };
  } finally {
    await admin.disconnect();
  }
}

type Take = (partition: number, message: DeadLetter['message']) => void;

/** Under a group that is nobody's, since kafkajs reads in groups alone. */
async function readToEnd(kafka: Kafka, admin: Admin, topic: string, take: Take): Promise<void> {
  if (!(await admin.listTopics()).includes(topic)) return;
  const left = new Map<number, bigint>();
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
    if (BigInt(high) > BigInt(low)) left.set(partition, BigInt(high) - 1n);
  if (left.size === 0) return;

  const groupId = `notifications-dlq-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 250, allowAutoTopicCreation: false });
  let late: NodeJS.Timeout | undefined;
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      late = setTimeout(() => reject(new Error(`Kafka does not give all of ${topic}`)), LIMIT_MS);
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const eachMessage = ({ partition, message }: { partition: number; message: DeadLetter['message'] }) => {
        const last = left.get(partition);
        if (last !== undefined) {
          if (BigInt(message.offset) <= last) take(partition, message);
          if (BigInt(message.offset) >= last) left.delete(partition);
        }
        if (left.size === 0) resolve();
        return Promise.resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    clearTimeout(late);
    await consumer.disconnect();
    // What is left of a group is a line in the Kafka UI, and goes by itself in a week.
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}

interface SendAgainSettings {
  kafka: Kafka;
  deadLetterTopic: string;
  /** Or all that wait. */
  ids: readonly string[] | 'all';
}

interface SentAgain {
  sent: DeadLetter[];
  /** Those asked for that were not sent, and why. */
  left: { id: string; because: string }[];
  /** Those of all that wait for somebody to give their ids. */
  mayHaveGone: DeadLetter[];
}

/**
 * Sends dead letters to the topics that they came from, each once: more often only when this dies between sending one
 * and noting that, or when two run at the same time; the customer is told once by it all the same. One that fails again
 * comes back as a new dead letter; one that may have gone is sent where its id is given. Rejects when Kafka can't be reached.
 */
export async function sendAgain({ kafka, deadLetterTopic, ids }: SendAgainSettings): Promise<SentAgain> {
  const { waiting, sentAgain } = await readDeadLetters(kafka, deadLetterTopic);
  const wanted = waiting.filter((letter) => (ids === 'all' ? !mayHaveGone(letter) : ids.includes(letter.id)));
  const unknown = ids === 'all' ? [] : ids.filter((id) => !wanted.some((letter) => letter.id === id));
  const left = unknown.map((id) => ({
    id,
    because: sentAgain.has(id) ? 'was sent again before' : 'is no dead letter that lies there',
  }));
  const sent: DeadLetter[] = [];
  const done = { sent, left, mayHaveGone: ids === 'all' ? waiting.filter(mayHaveGone) : [] };
  if (wanted.length === 0) return done;
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    for (const letter of wanted) {
      if (letter.topic === undefined) {
        left.push({ id: letter.id, because: 'does not say which topic it came from' });
        continue;
      }
      await producer.send({ topic: letter.topic, acks: -1, messages: [messageToSendAgain(letter)] });
      await producer.send({ topic: deadLetterTopic, acks: -1, messages: [noteThatSentAgain(letter)] });
      sent.push(letter);
    }
    return done;
  } finally {
    await producer.disconnect();
  }
}
