import { Kafka, logLevel } from 'kafkajs';
import type { LogEntry } from 'kafkajs';
import { timeOnlyWhatWaits } from './kafka-timers.js';
import type { Logger } from './logger.js';

// kafkajs warns at each producer about a change of its default years ago.
process.env['KAFKAJS_NO_PARTITIONER_WARNING'] ??= '1';
timeOnlyWhatWaits();

export interface KafkaSettings {
  brokers: string[];
  clientId: string;
  logger: Logger;
}

/** A client whose calls give up within about ten seconds: the caller decides how to wait, and says for what. */
export function createKafka({ brokers, clientId, logger }: KafkaSettings): Kafka {
  return new Kafka({
    clientId,
    brokers,
    connectionTimeout: 2000,
    requestTimeout: 5000,
    retry: { initialRetryTime: 100, maxRetryTime: 2000, retries: 4 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => write(logger, entry),
  });
}

function write(logger: Logger, { level, namespace, log }: LogEntry): void {
  const { message, error, groupId, topic, broker } = log as { message: string; [field: string]: unknown };
  const fields = { kafka: namespace, error, groupId, topic, broker };
  // Its own advice against fewer retries: a batch that was given up is sent again from the outbox.
  if (message.startsWith('Limiting retries for the idempotent producer')) return;
  // kafkajs retries and throws in the end; only the one who called knows whether it is an error.
  if (level <= logLevel.WARN) logger.warn(fields, `kafka: ${message}`);
  else logger.debug(fields, `kafka: ${message}`);
}
