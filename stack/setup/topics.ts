import { NOTIFICATIONS_DLQ, TOPICS } from '../../contracts/topics.js';
import { ensureTopics, createKafka } from '../../platform/kafka.js';
import type { Logger } from '../../platform/logger.js';

interface Settings {
  brokers: string[];
  replication: number | undefined;
  logger: Logger;
}

/** Creates the topics that are missing. Rejects within about ten seconds when Kafka can't be reached. */
export function createTopics({ brokers, replication, logger }: Settings): Promise<void> {
  const kafka = createKafka({ brokers, clientId: 'setup', logger });
  return ensureTopics(kafka, [...TOPICS, NOTIFICATIONS_DLQ], { replication, kept: [NOTIFICATIONS_DLQ] });
}
