import type { Kafka } from 'kafkajs';

/** Makes the topics that are missing. Rejects when Kafka can't be reached. */
export async function ensureTopics(kafka: Kafka, topics: readonly string[], partitions = 6): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const there = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !there.has(topic));
    if (missing.length === 0) return;
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({ topic, numPartitions: partitions })),
    });
  } finally {
    await admin.disconnect();
  }
}
