import { createLogger } from '../../platform/logger.js';
import { createNamespace } from '../app/namespace.js';
import { readConfig } from './config.js';
import { migrateAll } from './migrations.js';
import { scheduleReconciliation } from './schedules.js';
import { registerSearchAttributes } from './search-attributes.js';
import { seedDemoData } from './seeds.js';
import { createTopics } from './topics.js';

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
