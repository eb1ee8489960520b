import { NOTIFICATIONS_DLQ, TOPICS } from '../../contracts/topics.js';
import { createKafka } from '../../platform/kafka.js';
import type { Logger } from '../../platform/logger.js';

/** Enough to spread over several consumers; an order's events stay in one by their key. */
const PARTITIONS = 6;

/** Creates the topics that are missing. Rejects within about ten seconds when Kafka can't be reached. */
export async function createTopics({ brokers, logger }: { brokers: string[]; logger: Logger }): Promise<void> {
  const admin = createKafka({ brokers, clientId: 'setup', logger }).admin();
  await admin.connect();
  try {
    const topics = [...TOPICS, NOTIFICATIONS_DLQ].map((topic) => ({ topic, numPartitions: PARTITIONS }));
    await admin.createTopics({ waitForLeaders: true, topics });
  } finally {
    await admin.disconnect();
  }
}
