import type { Registry } from 'prom-client';
import type { Logger } from '../logger.js';
import { gauge } from '../metrics.js';
import type { OutboxRow, OutboxSubject } from './outbox-session.js';
import { SpanKind, SpanStatusCode, context, trace, type Context, type Span } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import kafkajs from 'kafkajs';
import type { Kafka, Message, Producer } from 'kafkajs';
import { ensureTopics } from '../kafka.js';
import { activeTraceparent, contextFrom } from '../telemetry/trace-context.js';

interface RefusedEvents {
  /** The subjects whose events are not to be read; when it is time to try again, none. */
  toLeaveOut(): string[];
  /** Kafka has said that it will not take it. Throws when there are so many that it can't be about single events. */
  add(row: OutboxRow, refusal: string): void;
  has(subject: string): boolean;
  /** What was read is sent, or refused. */
  done(): void;
  /** Another relay may lead from here on: this one knows nothing any more. */
  leave(): void;
}

interface RefusedEventsSettings {
  subject: OutboxSubject;
  logger: Logger;
  registry: Registry;
  againMs: number;
}

/** More subjects than this at once are no matter of single events: then all wait, as for a Kafka that is away. */
const AT_MOST = 100;

/**
 * The events that Kafka refuses: each is told of when that is found, and again after each `againMs`. They are kept in memory
 * alone, because whoever leads next finds them in the outbox by trying.
 */
export function createRefusedEvents(settings: RefusedEventsSettings): RefusedEvents {
  const { subject: about, logger, registry, againMs } = settings;
  const count = gauge(registry, 'outbox_refused_events');
  let held = new Set<string>();
  let triedAgain = new Set<string>();
  let againAt = 0;

  return {
    toLeaveOut: () => {
      if (held.size > 0 && Date.now() >= againAt) {
        triedAgain = held;
        held = new Set();
      }
      return [...held];
    },
    add: ({ subject, topic, event, value }, refusal) => {
      if (held.size >= AT_MOST) throw new Error(`Kafka refuses events about more than ${AT_MOST} subjects: ${refusal}`);
      if (held.size === 0) againAt = Date.now() + againMs;
      held.add(subject);
      count.set(Math.max(held.size, triedAgain.size));
      logger.error(
        { [about.name]: subject, topic, event: event.id, bytes: Buffer.byteLength(value), refusal },
        'event refused by Kafka',
      );
    },
    has: (subject) => held.has(subject),
    done: () => {
      triedAgain = new Set();
      count.set(held.size);
    },
    leave: () => {
      held = new Set();
      triedAgain = new Set();
      count.set(0);
    },
  };
}

/**
 * Splits rows into rounds such that each subject has at most one row in a round, in the order given: when a round is
 * acknowledged before the next is sent, no event overtakes an earlier one of its subject, on whatever topic.
 */
export function inSequence<Row extends { subject: string }>(rows: readonly Row[]): Row[][] {
  const rounds: Row[][] = [];
  const seen = new Map<string, number>();
  for (const row of rows) {
    const round = seen.get(row.subject) ?? 0;
    seen.set(row.subject, round + 1);
    (rounds[round] ??= []).push(row);
  }
  return rounds;
}

/** Splits a round into as few as have at most so many bytes each; a row that is bigger goes alone. */
export function closedByBytes<Row extends { value: string }>(round: readonly Row[], maxBytes: number): Row[][] {
  const batches: Row[][] = [];
  let left = 0;
  for (const row of round) {
    const bytes = Buffer.byteLength(row.value);
    const batch = batches.at(-1);
    if (batch !== undefined && bytes <= left) batch.push(row);
    else {
      batches.push([row]);
      left = maxBytes;
    }
    left -= bytes;
  }
  return batches;
}

const { CompressionTypes } = kafkajs;

interface PublisherSettings {
  topics: readonly string[];
  subject: OutboxSubject;
  logger: Logger;
  replication?: number | undefined;
}

interface EventPublisher {
  /** Resolves when all of them are acknowledged by all replicas; when it rejects, some may have been sent. */
  publish(rows: readonly OutboxRow[]): Promise<void>;
  close(): Promise<void>;
}

/** Kafka's answers that are about what was sent to it: https://kafka.apache.org/protocol#protocol_error_codes. */
const REFUSALS = [
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_TOPIC_EXCEPTION',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'TOPIC_AUTHORIZATION_FAILED',
  'POLICY_VIOLATION',
];

/** Which of these made `publish` reject; undefined when it failed for another cause, and may well go another time. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { type } = error as { type?: unknown };
  return REFUSALS.find((refusal) => refusal === type) ?? refusalOf(error.cause);
}

const tracer = trace.getTracer('outbox-relay');

/** Connects when first used. After a failure it is of no more use: its numbering of messages may have broken. */
export function createEventPublisher(
  kafka: Kafka,
  { topics, subject, logger, replication }: PublisherSettings,
): EventPublisher {
  const producer: Producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, retry: { retries: 4 } });
  let connected: Promise<void> | undefined;
  const connect = async (): Promise<void> => {
    // A Kafka that comes later than we do has none of them yet.
    await ensureTopics(kafka, topics, { replication });
    await producer.connect();
  };

  return {
    publish: async (rows) => {
      await (connected ??= untraced(connect));
      const sending = rows.map((row) => ({ row, ...openSpan(row) }));
      try {
        const topicMessages = sending.map(({ row, within }) => ({
          topic: row.topic,
          messages: [toMessage(row, within)],
        }));
        await untraced(() => producer.sendBatch({ acks: -1, compression: CompressionTypes.GZIP, topicMessages }));
      } catch (error) {
        for (const { span } of sending) span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        for (const { span } of sending) span.end();
      }
      for (const { row, within } of sending) {
        context.with(within, () => logger.info({ topic: row.topic, [subject.name]: row.subject }, 'event published'));
      }
    },
    close: () => untraced(() => producer.disconnect()),
  };
}

/** kafkajs' instrumentation would hang all messages of a batch under one trace; each belongs to that of its event. */
const untraced = <T>(work: () => Promise<T>): Promise<T> => context.with(suppressTracing(context.active()), work);

function openSpan({ topic, subject, event }: OutboxRow): { span: Span; within: Context } {
  const writers = contextFrom(event.traceparent);
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': topic,
    'messaging.kafka.message.key': subject,
  };
  const span = tracer.startSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, attributes }, writers);
  return { span, within: trace.setSpan(writers, span) };
}

function toMessage({ subject, value }: OutboxRow, within: Context): Message {
  const traceparent = activeTraceparent(within);
  return {
    key: subject,
    value,
    headers: { 'content-type': 'application/cloudevents+json', ...(traceparent === undefined ? {} : { traceparent }) },
  };
}
