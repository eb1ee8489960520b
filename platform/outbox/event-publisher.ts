import { SpanKind, SpanStatusCode, context, trace, type Context, type Span } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import kafkajs from 'kafkajs';
import type { Kafka, Message, Producer } from 'kafkajs';
import { ensureTopics } from '../kafka.js';
import type { Logger } from '../logger.js';
import { activeTraceparent, contextFrom } from '../telemetry/trace-context.js';
import type { OutboxRow, OutboxSubject } from './outbox-session.js';

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
