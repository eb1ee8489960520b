import { NOTIFICATIONS_DLQ, TOPICS } from '../../contracts/topics.js';
import { ensureTopics } from '../../platform/kafka-topics.js';
import { createKafka } from '../../platform/kafka.js';
import type { Logger } from '../../platform/logger.js';

/** Creates the topics that are missing. Rejects within about ten seconds when Kafka can't be reached. */
export function createTopics({ brokers, logger }: { brokers: string[]; logger: Logger }): Promise<void> {
  return ensureTopics(createKafka({ brokers, clientId: 'setup', logger }), [...TOPICS, NOTIFICATIONS_DLQ]);
}
