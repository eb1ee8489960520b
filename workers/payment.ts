import { createPaymentActivities, createPaymentReconciliation } from '../activities/payment/payment-activities.js';
import { TASK_QUEUES } from '../contracts/services.js';
import { checkDatabase, openDatabase } from '../platform/database/pool.js';
import { readEnv } from '../platform/env.js';
import { createLogger } from '../platform/logger.js';
import { createMetrics } from '../platform/metrics.js';
import { runProcess } from '../platform/shutdown.js';
import { temporalSettingsFrom } from '../platform/temporal/client.js';
import { createPaymentStore } from '../services/payment/payment-store.js';
import { PrismaClient } from '../services/payment/prisma/generated/client.js';
import { PrismaClient as LedgerClient } from '../services/payment/simulator/prisma/generated/client.js';
import { createSimulatedProvider } from '../services/payment/simulator/simulated-provider.js';
import { paymentWorkerSettings } from './config.js';
import { runWorker } from './run-worker.js';

const config = readEnv(paymentWorkerSettings);
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

/** Activities at once; each holds one connection at a time. */
const SLOTS = 20;

await runProcess({ logger }, async (onShutdown) => {
  const metrics = createMetrics(config.SERVICE_NAME);
  const { pool, prisma } = openDatabase({ config, logger, metrics, onShutdown }, PrismaClient, { connections: SLOTS });
  const ledger = openDatabase(
    { config: { ...config, DATABASE_URL: config.PAYMENT_SIMULATOR_DATABASE_URL }, logger, metrics, onShutdown },
    LedgerClient,
    { connections: SLOTS, name: 'simulator database' },
  );

  const provider = createSimulatedProvider(ledger.prisma, { transferMs: config.TRANSFER_DELAY_MS });
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
      readiness: { database: () => checkDatabase(pool), 'simulator database': () => checkDatabase(ledger.pool) },
      metrics,
      logger,
      options: { maxConcurrentActivityTaskExecutions: SLOTS },
    },
    onShutdown,
  );
});
