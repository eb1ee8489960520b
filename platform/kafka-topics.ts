import type { Kafka } from 'kafkajs';
import kafkajs from 'kafkajs';

const { KafkaJSProtocolError } = kafkajs;

/** Enough to spread over several consumers; what has one key stays in one of them. */
const PARTITIONS = 6;

/** Makes the topics that are missing. Rejects when Kafka can't be reached. */
export async function ensureTopics(kafka: Kafka, topics: readonly string[]): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    for (;;) {
      const there = new Set(await admin.listTopics().catch(saidPlainly));
      const missing = topics.filter((topic) => !there.has(topic));
      if (missing.length === 0) return;
      await admin
        .createTopics({
          waitForLeaders: true,
          topics: missing.map((topic) => ({ topic, numPartitions: PARTITIONS })),
        })
        .catch(unlessNotKnownYet);
    }
  } finally {
    await admin.disconnect();
  }
}

/** Where no broker answers kafkajs has nothing to read from, and stumbles over that. */
function saidPlainly(error: unknown): never {
  throw error instanceof TypeError ? new Error('no Kafka broker answered', { cause: error }) : error;
}

/** A topic that was just made may not be known to the broker for a moment: kafkajs, waiting for its leader, fails then. */
function unlessNotKnownYet(error: unknown): void {
  if (!(error instanceof KafkaJSProtocolError) || error.type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
}
