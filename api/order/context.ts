import { observeBreaker, createUserClient, type UserClient } from '../../clients/user-client.js';
import { createProductClient, type ProductClient } from '../../clients/product-client.js';
import { createServiceToken } from '../../clients/service-token.js';
import { checkDatabase, createPool, prismaAdapter, transactionOptions } from '../../platform/database/pool.js';
import type { ReadinessChecks } from '../../platform/health.js';
import type { Logger } from '../../platform/logger.js';
import { createMetrics, type Metrics } from '../../platform/metrics.js';
import type { OnShutdown } from '../../platform/shutdown.js';
import { createTemporalClient } from '../../platform/temporal/client.js';
import { temporalSettingsFrom } from '../../platform/temporal/settings.js';
import { createOrderStore, type OrderStore } from '../../services/order/order-store.js';
import { PrismaClient } from '../../services/order/prisma/generated/client.js';
import { sagaTimesFrom } from '../../services/order/saga-start.js';
import {
  createStatusChangeReader,
  type StatusChangeReader,
  startStatusListener,
  type StatusListener,
} from '../../services/order/status-changes/status-listener.js';
import { createTimelineStore, type TimelineStore } from '../../services/order/timeline-store.js';
import { authSettingsFrom, createAuthenticator, type Authenticator } from '../http/auth.js';
import type { OrderApiConfig } from './config.js';
import { createEventStreams, type EventStreams } from './event-streams.js';
import { createOrderSagas, type OrderSagas } from './order-sagas.js';

/** What the routes work with. */
export interface OrderContext {
  store: OrderStore;
  sagas: OrderSagas;
  timeline: TimelineStore;
  changes: StatusChangeReader;
  listener: StatusListener;
  streams: EventStreams;
  users: UserClient;
  products: ProductClient;
  auth: Authenticator;
  orderWaitMs: number;
  logger: Logger;
  metrics: Metrics;
  readiness: ReadinessChecks;
}

export function createContext(config: OrderApiConfig, logger: Logger, onShutdown: OnShutdown): OrderContext {
  const pool = createPool({ url: config.DATABASE_URL, size: 20, service: config.SERVICE_NAME, logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  onShutdown('database', () => prisma.$disconnect());
  const temporal = createTemporalClient(temporalSettingsFrom(config));
  onShutdown('Temporal', () => temporal.close());

  const listener = startStatusListener({ databaseUrl: config.DATABASE_URL, service: config.SERVICE_NAME, logger });
  onShutdown('status listener', () => listener.stop());

  const urls = config.USER_SERVICE_URL;
  const token = createServiceToken({
    urls,
    clientId: config.OAUTH_CLIENT_ID,
    clientSecret: config.OAUTH_CLIENT_SECRET,
  });
  const auth = createAuthenticator(authSettingsFrom(config, logger));
  const metrics = createMetrics(config.SERVICE_NAME);
  const observe = observeBreaker('user-service', { logger, registry: metrics.registry });
  return {
    store: createOrderStore(prisma),
    sagas: createOrderSagas({ workflows: temporal.client.workflow, times: sagaTimesFrom(config), logger }),
    timeline: createTimelineStore(prisma),
    changes: createStatusChangeReader(prisma),
    listener,
    streams: createEventStreams(),
    users: createUserClient({ urls, token, observe }),
    products: createProductClient({ urls: config.PRODUCT_SERVICE_URL }),
    auth,
    orderWaitMs: config.ORDER_WAIT_MS,
    logger,
    metrics,
    // Not Temporal: without it orders are still taken and read, and started when it is back.
    readiness: { database: () => checkDatabase(pool), 'signing keys': () => auth.check() },
  };
}
