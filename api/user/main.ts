import { USER_TOPICS } from '../../contracts/topics.js';
import { readEnv } from '../../platform/env.js';
import { createKafka } from '../../platform/kafka.js';
import { startOutboxRelay } from '../../platform/outbox/outbox-relay.js';
import { serve } from '../http/serve.js';
import { settings } from './config.js';
import { createContext, createUserApp } from './service.js';

await serve(readEnv(settings), async (base) => {
  const context = await createContext(base);
  const { config, logger, metrics, onShutdown } = base;
  const service = config.SERVICE_NAME;
  // No part of readiness: users go on without Kafka, and what waits for the relay is kept.
  const relay = startOutboxRelay({
    databaseUrl: config.DATABASE_URL,
    kafka: createKafka({ brokers: config.KAFKA_BROKERS, clientId: service, logger }),
    subject: { column: 'user_id', name: 'userId' },
    topics: USER_TOPICS,
    replication: config.KAFKA_REPLICATION,
    service,
    logger,
    registry: metrics.registry,
  });
  onShutdown('outbox relay', () => relay.stop());
  return { app: createUserApp(context) };
});
