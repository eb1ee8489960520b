import { NOTIFICATIONS_DLQ, TOPICS, USER_TOPICS } from '../../contracts/topics.js';
import { createPool, prismaAdapter } from '../../platform/database/pool.js';
import { ensureTopics, createKafka } from '../../platform/kafka.js';
import { createLogger, type Logger } from '../../platform/logger.js';
import { PrismaClient as InventoryPrisma } from '../../services/inventory/prisma/generated/client.js';
import { seedStock } from '../../services/inventory/seed-stock.js';
import { PrismaClient as ProductPrisma } from '../../services/product/prisma/generated/client.js';
import { seedProducts } from '../../services/product/seed-products.js';
import { PrismaClient as UserPrisma } from '../../services/user/prisma/generated/client.js';
import { seedUsers } from '../../services/user/seed-users.js';
import { readConfig, type SetupConfig } from './config.js';
import { migrateAll } from './migrations.js';
import { createNamespace, scheduleReconciliation, registerSearchAttributes } from './temporal.js';

/**
 * What must be there before the services start; harmless to repeat. Kafka may come later: the services go on without
 * it, and whoever writes to or reads from a topic makes it if it is missing.
 */
const config = readConfig();
const logger = createLogger({ service: 'setup', level: config.LOG_LEVEL });

const temporal = { address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE };
if (config.TEMPORAL_NAMESPACE_RETENTION !== undefined)
  await createNamespace({ ...temporal, retentionMs: config.TEMPORAL_NAMESPACE_RETENTION });
const [applied, registered] = await Promise.all([
  migrateAll(config),
  registerSearchAttributes(temporal),
  scheduleReconciliation({ ...temporal, everyMs: config.RECONCILE_EVERY }),
  createTopics({ brokers: config.KAFKA_BROKERS, replication: config.KAFKA_REPLICATION, logger }).catch(
    (error: unknown) => {
      logger.warn({ err: error }, 'the topics are not there yet: Kafka can not be reached');
    },
  ),
]);
logger.info({ applied }, 'databases are up to date');
logger.info({ registered }, 'search attributes are registered');

if (config.SEED_DEMO_DATA) {
  await seedDemoData(config, logger);
  logger.info('demo data is there');
}

interface Settings {
  brokers: string[];
  replication: number | undefined;
  logger: Logger;
}

/** Creates the topics that are missing. Rejects within about ten seconds when Kafka can't be reached. */
function createTopics({ brokers, replication, logger }: Settings): Promise<void> {
  const kafka = createKafka({ brokers, clientId: 'setup', logger });
  return ensureTopics(kafka, [...TOPICS, ...USER_TOPICS, NOTIFICATIONS_DLQ], {
    replication,
    kept: [NOTIFICATIONS_DLQ],
  });
}

/** Users, products and stock to try things with. What is there already is left as it is. */
async function seedDemoData(config: SetupConfig, logger: Logger): Promise<void> {
  const adapterOf = (url: string) => prismaAdapter(createPool({ url, size: 1, service: 'setup', logger }));
  await Promise.all([
    using(new UserPrisma({ adapter: adapterOf(config.USER_DATABASE_URL) }), seedUsers),
    using(new ProductPrisma({ adapter: adapterOf(config.PRODUCT_DATABASE_URL) }), seedProducts),
    using(new InventoryPrisma({ adapter: adapterOf(config.INVENTORY_DATABASE_URL) }), seedStock),
  ]);
}

async function using<P extends { $disconnect(): Promise<void> }>(
  prisma: P,
  seed: (prisma: P) => Promise<unknown>,
): Promise<void> {
  try {
    await seed(prisma);
  } finally {
    await prisma.$disconnect();
  }
}
