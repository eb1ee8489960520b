import { createPaymentActivities, createPaymentReconciliation } from '../activities/payment/payment-activities.js';
import { TASK_QUEUES } from '../contracts/task-queues.js';
import { checkDatabase, createPool, prismaAdapter, transactionOptions } from '../platform/database/pool.js';
import { readEnv } from '../platform/env.js';
import { createLogger } from '../platform/logger.js';
import { runProcess } from '../platform/shutdown.js';
import { temporalSettingsFrom } from '../platform/temporal/settings.js';
import { createPaymentStore } from '../services/payment/payment-store.js';
import { PrismaClient } from '../services/payment/prisma/generated/client.js';
import { PrismaClient as LedgerClient } from '../services/payment/simulator/prisma/generated/client.js';
import { createSimulatedProvider } from '../services/payment/simulator/simulated-provider.js';
import { settings } from './config/payment.js';
import { runWorker } from './run-worker.js';

const config = readEnv(settings);
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

/** Activities at once; each holds one connection at a time. */
const SLOTS = 20;

await runProcess({ logger }, async (onShutdown) => {
  const pool = createPool({ url: config.DATABASE_URL, size: SLOTS, service: config.SERVICE_NAME, logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  onShutdown('database', () => prisma.$disconnect());

  const ledgerPool = createPool({
    url: config.PAYMENT_SIMULATOR_DATABASE_URL,
    size: SLOTS,
    service: config.SERVICE_NAME,
    logger,
  });
  const ledger = new LedgerClient({ adapter: prismaAdapter(ledgerPool), transactionOptions });
  onShutdown('simulator database', () => ledger.$disconnect());

  const provider = createSimulatedProvider(ledger);
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
      readiness: { database: () => checkDatabase(pool), 'simulator database': () => checkDatabase(ledgerPool) },
      logger,
      options: { maxConcurrentActivityTaskExecutions: SLOTS },
    },
    onShutdown,
  );
});
