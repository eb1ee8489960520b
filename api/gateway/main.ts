import { createHealthServer } from '../../platform/health.js';
import { createLogger } from '../../platform/logger.js';
import { createMetrics } from '../../platform/metrics.js';
import { createRedis } from '../../platform/redis.js';
import { runProcess } from '../../platform/shutdown.js';
import { authSettingsFrom, createAuthenticator } from '../http/auth.js';
import { longestAnswerMs, stopLimitMs } from '../http/order-wait.js';
import { listen } from '../../platform/listen.js';
import { createGatewayApp } from './app.js';
import { readConfig } from './config.js';
import { createPassingStreams } from './forward/passing-streams.js';

/** What fetch of Node.js and others do unless told otherwise. */
const OUTSIDE_CLIENT_REST_MS = 4_000;

const config = readConfig();
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

await runProcess({ logger, stopLimitMs: stopLimitMs(config) }, async (onShutdown) => {
  // Counting is not worth waiting for.
  const redis = createRedis({ url: config.REDIS_URL, logger, commandTimeoutMs: 250 });
  onShutdown('Redis', () => redis.disconnect());

  const auth = createAuthenticator(authSettingsFrom(config, logger));
  const service = config.SERVICE_NAME;
  const metrics = createMetrics(service);
  const health = await createHealthServer({
    service,
    logger,
    checks: { 'signing keys': () => auth.check() },
    metrics,
    host: config.HOST,
    port: config.METRICS_PORT,
    setting: 'METRICS_PORT',
  });
  onShutdown('metrics port', () => health.close());

  const streams = createPassingStreams();
  const app = createGatewayApp({
    service,
    logger,
    auth,
    metrics,
    upstreams: {
      'user-service': config.USER_SERVICE_URL,
      'order-service': config.ORDER_SERVICE_URL,
      'inventory-service': config.INVENTORY_SERVICE_URL,
      'payment-service': config.PAYMENT_SERVICE_URL,
      'delivery-service': config.DELIVERY_SERVICE_URL,
      'product-service': config.PRODUCT_SERVICE_URL,
      'notification-service': config.NOTIFICATION_SERVICE_URL,
    },
    // So that an order that waits as long as it may is still answered by its own service.
    timeoutMs: longestAnswerMs(config),
    streams,
    trustedProxies: config.TRUSTED_PROXIES,
    rates: {
      redis,
      limits: {
        requests: config.RATE_LIMIT_REQUESTS_PER_MINUTE,
        orders: config.RATE_LIMIT_ORDERS_PER_MINUTE,
      },
    },
  });
  const server = await listen(app, {
    host: config.HOST,
    port: config.PORT,
    drainLimitMs: longestAnswerMs(config),
    clientRestMs: OUTSIDE_CLIENT_REST_MS,
  });
  onShutdown('http', () => server.drain());
  // First of all: they would go on for as long as their orders do.
  onShutdown('event streams', () => streams.end());
});
