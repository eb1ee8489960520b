import { createInventoryActivities, createStockReconciliation } from '../activities/inventory/inventory-activities.js';
import { createStockLock } from '../activities/inventory/stock-lock.js';
import { TASK_QUEUES } from '../contracts/services.js';
import { checkDatabase, openDatabase } from '../platform/database/pool.js';
import { readEnv } from '../platform/env.js';
import { createLocks } from '../platform/lock/redis-lock.js';
import { createLogger } from '../platform/logger.js';
import { createMetrics } from '../platform/metrics.js';
import { createRedis } from '../platform/redis.js';
import { runProcess } from '../platform/shutdown.js';
import { temporalSettingsFrom } from '../platform/temporal/client.js';
import { PrismaClient } from '../services/inventory/prisma/generated/client.js';
import { createStockStore } from '../services/inventory/stock-store.js';
import { inventoryWorkerSettings } from './config.js';
import { runWorker } from './run-worker.js';

const config = readEnv(inventoryWorkerSettings);
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

/** Activities at once; each holds one connection at a time. */
const SLOTS = 30;

/** Redis that is slower than this counts as down: the lock must not cost more than the contention that it saves. */
const REDIS_ANSWER_MS = 250;

await runProcess({ logger }, async (onShutdown) => {
  const metrics = createMetrics(config.SERVICE_NAME);
  const { registry } = metrics;
  const { pool, prisma } = openDatabase({ config, logger, metrics, onShutdown }, PrismaClient, { connections: SLOTS });

  const redis = createRedis({ url: config.REDIS_URL, logger, commandTimeoutMs: REDIS_ANSWER_MS });
  onShutdown('Redis', () => redis.disconnect());

  const locks = createLocks(redis, { answerMs: REDIS_ANSWER_MS });
  const activities = createInventoryActivities({
    stock: createStockStore(prisma),
    withStockLock: createStockLock({ locks, logger, registry }),
    logger,
    registry,
  });
  await runWorker(
    {
      service: config.SERVICE_NAME,
      taskQueue: TASK_QUEUES.inventory,
      activities: { ...activities, ...createStockReconciliation(prisma) },
      temporal: temporalSettingsFrom(config),
      health: { host: config.HOST, port: config.PORT },
      // Without Redis, work goes on: it is not among what must be there.
      readiness: { database: () => checkDatabase(pool) },
      metrics,
      logger,
      options: { maxConcurrentActivityTaskExecutions: SLOTS },
    },
    onShutdown,
  );
});
