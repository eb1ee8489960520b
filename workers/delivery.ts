import { createDeliveryActivities, createDeliveryReconciliation } from '../activities/delivery/delivery-activities.js';
import { TASK_QUEUES } from '../contracts/services.js';
import { checkDatabase, openDatabase } from '../platform/database/pool.js';
import { readEnv } from '../platform/env.js';
import { createLogger } from '../platform/logger.js';
import { createMetrics } from '../platform/metrics.js';
import { runProcess } from '../platform/shutdown.js';
import { temporalSettingsFrom } from '../platform/temporal/client.js';
import { createDeliveryStore } from '../services/delivery/delivery-store.js';
import { PrismaClient } from '../services/delivery/prisma/generated/client.js';
import { startCarrierClock } from '../services/delivery/simulated-carrier/carrier-clock.js';
import {
  createReportSender,
  createSimulatedCarrier,
} from '../services/delivery/simulated-carrier/simulated-carrier.js';
import { createShipmentBook } from '../services/delivery/simulated-carrier/shipment-book.js';
import { deliveryWorkerSettingsWithKey } from './config.js';
import { runWorker } from './run-worker.js';

const config = readEnv(deliveryWorkerSettingsWithKey);
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

/** Activities at once; each holds one connection at a time. */
const SLOTS = 20;

await runProcess({ logger }, async (onShutdown) => {
  const metrics = createMetrics(config.SERVICE_NAME);
  const { pool, prisma } = openDatabase({ config, logger, metrics, onShutdown }, PrismaClient, {
    connections: SLOTS + 5,
  });

  const book = createShipmentBook(prisma);
  const clock = startCarrierClock({
    book,
    send: createReportSender({ urls: config.DELIVERY_SERVICE_URL, key: config.carrierKey, kid: config.CARRIER_KEY_ID }),
    logger,
  });
  onShutdown('simulated carrier', () => clock.stop());

  const activities = createDeliveryActivities({
    store: createDeliveryStore(prisma),
    carrier: createSimulatedCarrier({
      book,
      delayMs: config.CARRIER_DELAY_MS,
      onBooked: (firstAt) => clock.wake(firstAt),
    }),
    logger,
  });
  await runWorker(
    {
      service: config.SERVICE_NAME,
      taskQueue: TASK_QUEUES.delivery,
      activities: { ...activities, ...createDeliveryReconciliation(prisma) },
      temporal: temporalSettingsFrom(config),
      health: { host: config.HOST, port: config.PORT },
      readiness: { database: () => checkDatabase(pool) },
      metrics,
      logger,
      options: { maxConcurrentActivityTaskExecutions: SLOTS },
    },
    onShutdown,
  );
});
