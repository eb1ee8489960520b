import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createOrderActivities } from '../activities/order/order-activities.js';
import { createOrderReconciliation, createTellFindings } from '../activities/order/reconciliation-activities.js';
import { ORDER_DEPLOYMENT, TASK_QUEUES } from '../contracts/services.js';
import { TOPICS } from '../contracts/topics.js';
import { checkDatabase, openDatabase } from '../platform/database/pool.js';
import { startPruner } from '../platform/database/prune.js';
import { readEnv } from '../platform/env.js';
import { createKafka } from '../platform/kafka.js';
import { createLogger } from '../platform/logger.js';
import { createMetrics } from '../platform/metrics.js';
import { runProcess } from '../platform/shutdown.js';
import { createTemporalClient, temporalSettingsFrom } from '../platform/temporal/client.js';
import { createOrderStore } from '../services/order/order-store.js';
import { PrismaClient } from '../services/order/prisma/generated/client.js';
import { prunableOfOrders } from '../services/order/prunable.js';
import { sagaTimesFrom } from '../services/order/saga-start.js';
import { createWatchedOrders } from '../services/order/watched-orders.js';
import { initialSearchAttributes } from '../workflows/order/messages.js';
import { startOutboxRelay } from '../platform/outbox/outbox-relay.js';
import { orderWorkerSettings } from './config.js';
import { runWorker } from './run-worker.js';
import { startSweeper } from './sweeper.js';
import { startWatcher } from './watcher.js';

const config = readEnv(orderWorkerSettings);
const service = config.SERVICE_NAME;
const logger = createLogger({ service, level: config.LOG_LEVEL });

/** Work at once, each piece of which holds one connection at a time; more would wait for one while its own time runs. */
const SLOTS = { maxConcurrentActivityTaskExecutions: 10, maxConcurrentLocalActivityExecutions: 20 };
/** The sweeper's, the watcher's, the pruner's and the health check's. */
const BESIDE = 10;

const beside = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));
/** As `npm run dev` runs it: the workflows are bundled at the start. */
const isSource = import.meta.url.endsWith('.ts');

const connections = SLOTS.maxConcurrentActivityTaskExecutions + SLOTS.maxConcurrentLocalActivityExecutions + BESIDE;

await runProcess({ logger }, async (onShutdown) => {
  const metrics = createMetrics(service);
  const { registry } = metrics;
  const { pool, prisma } = openDatabase({ config, logger, metrics, onShutdown }, PrismaClient, { connections });

  // Neither is part of readiness: orders go on without Kafka, and what waits for the relay or the sweeper is kept.
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: service, logger });
  const relay = startOutboxRelay({
    databaseUrl: config.DATABASE_URL,
    kafka,
    subject: { column: 'order_id', name: 'orderId' },
    topics: TOPICS,
    replication: config.KAFKA_REPLICATION,
    service,
    logger,
    registry,
  });
  onShutdown('outbox relay', () => relay.stop());

  const temporal = createTemporalClient(temporalSettingsFrom(config));
  onShutdown('Temporal client', () => temporal.close());
  const workflows = temporal.client.workflow;
  const times = sagaTimesFrom(config);
  const sweeper = startSweeper({ store: createOrderStore(prisma), workflows, times, logger });
  onShutdown('sweeper', () => sweeper.stop());

  const watcher = startWatcher({ orders: createWatchedOrders(prisma), workflows, times, registry, logger });
  onShutdown('watcher', () => watcher.stop());

  const pruner = startPruner({ pool, tables: prunableOfOrders(config), everyMs: config.PRUNE_EVERY, registry, logger });
  onShutdown('pruner', () => pruner.stop());

  const reconciliation = createOrderReconciliation({
    prisma,
    workflows,
    times,
    allEveryMs: config.RECONCILE_ALL_EVERY,
    searchAttributesOf: initialSearchAttributes,
    tellFindings: createTellFindings({ logger, registry }),
    logger,
  });

  await runWorker(
    {
      service,
      taskQueue: TASK_QUEUES.order,
      workflows: isSource ? { path: beside('workflows/index.ts') } : { bundlePath: beside('workflow-bundle.js') },
      versioning: {
        deploymentName: ORDER_DEPLOYMENT,
        buildId: isSource ? 'from-source' : await readFile(beside('workflow-build-id'), 'utf8'),
        behavior: config.SAGA_VERSIONING,
      },
      activities: { ...createOrderActivities({ prisma, logger, registry }), ...reconciliation },
      metrics,
      temporal: temporalSettingsFrom(config),
      health: { host: config.HOST, port: config.PORT },
      readiness: { database: () => checkDatabase(pool) },
      logger,
      options: SLOTS,
    },
    onShutdown,
  );
});
