import type { Pool } from 'pg';
import { authSettingsFrom, createAuthenticator } from '../api/http/auth.js';
import type { Authenticator } from '../api/http/auth.js';
import { observeBreaker, createUserClient } from '../clients/user-client.js';
import { createServiceToken } from '../clients/service-token.js';
import { CUSTOMER_TOPICS, NOTIFICATIONS_DLQ, USER_TOPICS } from '../contracts/topics.js';
import { clientOn, createPool, showPool } from '../platform/database/pool.js';
import { startPruner } from '../platform/database/prune.js';
import { createKafka } from '../platform/kafka.js';
import type { Logger } from '../platform/logger.js';
import { createMetrics } from '../platform/metrics.js';
import type { Metrics } from '../platform/metrics.js';
import { createEmailChannel } from './channels/email-channel.js';
import { createSimulatedSms } from './channels/channel.js';
import type { NotificationConfig } from './config.js';
import { RETRY_RULES } from './retry-rules.js';
import type { RetryRules } from './retry-rules.js';
import { type RunningConsumer, startConsumer } from './kafka/consumer.js';
import { createNotificationStore } from './notification-store.js';
import { PrismaClient } from './prisma/generated/client.js';
import { prunableOfNotifications } from './prunable.js';
import { createTellCustomer } from './tell-customer.js';

export interface NotificationContext {
  prisma: PrismaClient;
  pool: Pool;
  auth: Authenticator;
  consumer: RunningConsumer;
  metrics: Metrics;
  close(): Promise<void>;
}

export interface ConsumerOptions {
  groupId: string;
  topics: string[];
  deadLetterTopic: string;
  rules: RetryRules;
  /** Longer than any channel takes to answer. */
  leaseMs: number;
  stallMs: number;
}

const DEFAULTS: ConsumerOptions = {
  groupId: 'notification-service',
  topics: [...CUSTOMER_TOPICS, ...USER_TOPICS],
  deadLetterTopic: NOTIFICATIONS_DLQ,
  rules: RETRY_RULES,
  leaseMs: 60_000,
  // A group may take a minute to form.
  stallMs: 90_000,
};

/** An order's events come close together. A new address is used this much later. */
const USER_KEPT_FOR_MS = 5_000;

/** Opens all that the process needs, and starts to read events. */
export function createContext(
  config: NotificationConfig,
  logger: Logger,
  options: Partial<ConsumerOptions> = {},
  metrics = createMetrics(config.SERVICE_NAME),
): NotificationContext {
  const { leaseMs, ...reading } = { ...DEFAULTS, ...options };
  const pool = createPool({ url: config.DATABASE_URL, size: 10, service: config.SERVICE_NAME, logger });
  showPool(metrics.registry, 'database', pool);
  const prisma = clientOn(pool, PrismaClient);
  const urls = config.USER_SERVICE_URL;
  const token = createServiceToken({
    urls,
    clientId: config.OAUTH_CLIENT_ID,
    clientSecret: config.OAUTH_CLIENT_SECRET,
  });
  const observe = observeBreaker('user-service', { logger, registry: metrics.registry });
  const email = createEmailChannel({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM });
  const store = createNotificationStore(prisma);
  const tellCustomer = createTellCustomer({
    store,
    users: createUserClient({ urls, token, observe, keptForMs: USER_KEPT_FOR_MS }),
    channels: { EMAIL: email, SMS: createSimulatedSms(logger) },
    leaseMs,
    keptForMs: config.NOTIFICATIONS_KEPT_FOR,
    registry: metrics.registry,
    logger,
  });
  // kafkajs reports each try to connect; what is waited for is said once, by the consumer.
  const quiet = logger.child({}, { level: 'error' });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: config.SERVICE_NAME, logger: quiet });
  const consumer = startConsumer({
    kafka,
    replication: config.KAFKA_REPLICATION,
    tellCustomer,
    store,
    logger,
    registry: metrics.registry,
    ...reading,
  });
  const { registry } = metrics;
  const tables = prunableOfNotifications(config);
  const pruner = startPruner({ pool, tables, everyMs: config.PRUNE_EVERY, registry, logger });
  return {
    prisma,
    pool,
    auth: createAuthenticator(authSettingsFrom(config, logger)),
    consumer,
    metrics,
    close: async () => {
      await consumer.stop();
      email.close();
      await pruner.stop();
      await prisma.$disconnect();
    },
  };
}
