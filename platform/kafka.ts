import { createRequire } from 'node:module';
import kafkajs, { Kafka, logLevel, type Admin, type LogEntry } from 'kafkajs';
import type { Logger } from './logger.js';

/** What is used here of kafkajs' own. */
interface RequestQueue {
  throttledUntil: number;
  pending: unknown[];
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** Too many requests are under way: whoever ends one looks for the next too. */
const soonMs = 10;

/**
 * kafkajs 2.2.4 sets a timer for each connection whether or not a request waits, in the past, which is 1 ms, and again as soon as it
 * has gone off: an idle process spins (https://github.com/tulios/kafkajs/issues/1751), and Node warns of it from 24 on. Here a
 * timer is set only while a request waits: `push`, which makes one wait, calls this.
 */
function timeOnlyWhatWaits(): void {
  const required: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  const { prototype } = required as { prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    const check = (): void => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    };
    const throttledForMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(check, throttledForMs > 0 ? throttledForMs : soonMs);
  };
}

// kafkajs warns at each producer about a change of its default years ago.
process.env['KAFKAJS_NO_PARTITIONER_WARNING'] ??= '1';
timeOnlyWhatWaits();

interface KafkaSettings {
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

const { ConfigResourceTypes, KafkaJSProtocolError } = kafkajs;

/** Set for the topic itself: of kafkajs' ConfigSource, which it declares and does not export. */
const TOPIC_CONFIG: number = 1;

/** Enough to spread over several consumers; what has one key stays in one of them. */
const PARTITIONS = 6;

interface TopicSettings {
  /** On how many brokers each message lies; what the broker says unless given. Only of topics that are made here. */
  replication?: number | undefined;
  /** Those of whose messages none goes by itself; all others lose theirs when the broker says. */
  kept?: readonly string[];
}

/** Makes the topics that are missing. Rejects when Kafka can't be reached. */
export async function ensureTopics(
  kafka: Kafka,
  topics: readonly string[],
  { replication, kept = [] }: TopicSettings = {},
): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    for (;;) {
      const there = new Set(await admin.listTopics().catch(saidPlainly));
      const missing = topics.filter((topic) => !there.has(topic));
      if (missing.length === 0) break;
      const copies = replication === undefined ? {} : { replicationFactor: replication };
      // Of three copies two have each message before its sender is answered; one broker may be away.
      const inSync = (replication ?? 0) > 2 ? [{ name: 'min.insync.replicas', value: '2' }] : [];
      const configsOf = (topic: string) => (kept.includes(topic) ? [...inSync, FOR_EVER] : inSync);
      await admin
        .createTopics({
          waitForLeaders: true,
          topics: missing.map((topic) => ({
            topic,
            numPartitions: PARTITIONS,
            ...copies,
            configEntries: configsOf(topic),
          })),
        })
        .catch(unlessNotKnownYet);
    }
    for (const topic of kept) await keepForEver(admin, topic);
  } finally {
    await admin.disconnect();
  }
}

const FOR_EVER = { name: 'retention.ms', value: '-1' };

/** For topics that were made otherwise, by a version before this or by hand. */
async function keepForEver(admin: Admin, name: string): Promise<void> {
  const type = ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type, name }] });
  const configs = (resources[0]?.configEntries ?? []).filter(
    ({ configSource }) => (configSource as number) === TOPIC_CONFIG,
  );
  if (configs.some(({ configName, configValue }) => configName === FOR_EVER.name && configValue === FOR_EVER.value))
    return;
  // Whatever isn't named goes back to the broker's own.
  const others = configs
    .filter(({ configName }) => configName !== FOR_EVER.name)
    .map(({ configName, configValue }) => ({ name: configName, value: configValue }));
  const configEntries = [...others, FOR_EVER];
  await admin.alterConfigs({ validateOnly: false, resources: [{ type, name, configEntries }] });
}

/** Where no broker answers kafkajs has nothing to read from, and stumbles over that. */
function saidPlainly(error: unknown): never {
  throw error instanceof TypeError ? new Error('no Kafka broker answered', { cause: error }) : error;
}

/** A topic that was just made may not be known to the broker for a moment: kafkajs, waiting for its leader, fails then. */
function unlessNotKnownYet(error: unknown): void {
  if (!(error instanceof KafkaJSProtocolError) || error.type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
}
