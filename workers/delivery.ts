import { z } from 'zod';
import { createDeliveryActivities } from '../activities/delivery/delivery-activities.js';
import { TASK_QUEUES } from '../contracts/task-queues.js';
import { checkDatabase, createPool, prismaAdapter, transactionOptions } from '../platform/database/pool.js';
import { databaseSettings, duration, processSettings, readEnv, temporalSettings, urlList } from '../platform/env.js';
import { createLogger } from '../platform/logger.js';
import { runProcess } from '../platform/shutdown.js';
import { temporalSettingsFrom } from '../platform/temporal/settings.js';
import { carrierSettings } from '../services/delivery/carrier-settings.js';
import { createDeliveryStore } from '../services/delivery/delivery-store.js';
import { PrismaClient } from '../services/delivery/prisma/generated/client.js';
import { startCarrierClock } from '../services/delivery/simulated-carrier/carrier-clock.js';
import { createReportSender } from '../services/delivery/simulated-carrier/send-report.js';
import { createShipmentBook } from '../services/delivery/simulated-carrier/shipment-book.js';
import { createSimulatedCarrier } from '../services/delivery/simulated-carrier/simulated-carrier.js';
import { runWorker } from './run-worker.js';

const config = readEnv(
  z
    .object({
      ...processSettings,
      ...databaseSettings,
      ...temporalSettings,
      ...carrierSettings,
      DELIVERY_CARRIER: z.enum(['simulated'], 'must be "simulated": no other carrier is built in').default('simulated'),
      DELIVERY_SERVICE_URL: urlList,
      CARRIER_KEY_ID: z.string(),
      CARRIER_DELAY_MS: duration.default(2000),
    })
    .transform((env, context) => {
      const key = env.CARRIER_KEYS[env.CARRIER_KEY_ID];
      if (key !== undefined) return { ...env, carrierKey: key };
      context.addIssue({ code: 'custom', path: ['CARRIER_KEY_ID'], message: 'must be a key id of CARRIER_KEYS' });
      return z.NEVER;
    }),
);
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

/** Activities at once; each holds one connection at a time. */
const SLOTS = 20;

await runProcess({ logger }, async (onShutdown) => {
  const pool = createPool({ url: config.DATABASE_URL, size: SLOTS + 5, service: config.SERVICE_NAME, logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  onShutdown('database', () => prisma.$disconnect());

  const book = createShipmentBook(prisma);
  const clock = startCarrierClock({
    book,
    send: createReportSender({ urls: config.DELIVERY_SERVICE_URL, key: config.carrierKey, kid: config.CARRIER_KEY_ID }),
    logger,
  });
  onShutdown('simulated carrier', () => clock.stop());

  const activities = createDeliveryActivities({
    store: createDeliveryStore(prisma),
    carrier: createSimulatedCarrier({ book, delayMs: config.CARRIER_DELAY_MS, onBooked: () => clock.wake() }),
    logger,
  });
  await runWorker(
    {
      service: config.SERVICE_NAME,
      taskQueue: TASK_QUEUES.delivery,
      activities,
      temporal: temporalSettingsFrom(config),
      health: { host: config.HOST, port: config.PORT },
      readiness: { database: () => checkDatabase(pool) },
      logger,
      options: { maxConcurrentActivityTaskExecutions: SLOTS },
    },
    onShutdown,
  );
});
