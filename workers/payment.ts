import { createPaymentActivities, createPaymentReconciliation } from '../activities/payment/payment-activities.js';
import { TASK_QUEUES } from '../contracts/services.js';
import { checkDatabase, openDatabase } from '../platform/database/pool.js';
import { readEnv } from '../platform/env.js';
import { createLogger } from '../platform/logger.js';
import { createMetrics } from '../platform/metrics.js';
import { runProcess } from '../platform/shutdown.js';
import { createTemporalClient, temporalSettingsFrom } from '../platform/temporal/client.js';
import { startPruner } from '../platform/database/prune.js';
import { createEventInbox } from '../services/payment/event-inbox.js';
import { createPaymentStore } from '../services/payment/payment-store.js';
import { PRUNABLE_OF_PAYMENTS } from '../services/payment/prunable.js';
import { PrismaClient } from '../services/payment/prisma/generated/client.js';
import { PrismaClient as LedgerClient } from '../services/payment/simulator/prisma/generated/client.js';
import { PROVIDERS } from '../services/payment/providers.js';
import { checkedPaymentWorkerSettings } from './config.js';
import { startPaymentNews } from './payment-news.js';
import { runWorker } from './run-worker.js';

const config = readEnv(checkedPaymentWorkerSettings);
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

/** Activities at once; each holds one connection at a time. */
const SLOTS = 20;

/** What is told at once of the news of payments, the pruner's and the health check's. */
const BESIDE = 7;

await runProcess({ logger }, async (onShutdown) => {
  const metrics = createMetrics(config.SERVICE_NAME);
  const { pool, prisma } = openDatabase({ config, logger, metrics, onShutdown }, PrismaClient, {
    connections: SLOTS + BESIDE,
  });
  const openLedger = () =>
    openDatabase(
      { config: { ...config, DATABASE_URL: config.PAYMENT_SIMULATOR_DATABASE_URL ?? '' }, logger, metrics, onShutdown },
      LedgerClient,
      { connections: SLOTS, name: 'simulator database' },
    );
  const parts = { config, prisma, openLedger, logger };
  const { provider, databases, startSender } = PROVIDERS[config.PAYMENT_PROVIDER](parts);
  if (startSender !== undefined) {
    const sender = startSender();
    onShutdown("the simulated provider's webhooks", () => sender.stop());
  }

  const { registry } = metrics;
  const temporal = createTemporalClient(temporalSettingsFrom(config));
  onShutdown('Temporal client', () => temporal.close());
  const news = startPaymentNews({
    inbox: createEventInbox(prisma),
    workflows: temporal.client.workflow,
    registry,
    logger,
  });
  onShutdown('payment news', () => news.stop());
  const pruner = startPruner({ pool, tables: PRUNABLE_OF_PAYMENTS, everyMs: config.PRUNE_EVERY, registry, logger });
  onShutdown('pruner', () => pruner.stop());

  const activities = {
    ...createPaymentActivities({ store: createPaymentStore(prisma), provider, logger }),
    ...createPaymentReconciliation({ prisma, provider, logger }),
  };
  await runWorker(
    {
      service: config.SERVICE_NAME,
      taskQueue: TASK_QUEUES.payment,
      activities,
      temporal: temporalSettingsFrom(config),
      health: { host: config.HOST, port: config.PORT },
      readiness: Object.fromEntries(
        Object.entries({ database: pool, ...databases }).map(([name, of]) => [name, () => checkDatabase(of)]),
      ),
      metrics,
      logger,
      options: { maxConcurrentActivityTaskExecutions: SLOTS },
    },
    onShutdown,
  );
});
