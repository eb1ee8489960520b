import { readEnv } from '../../platform/env.js';
import { createHealthServer } from '../../platform/health.js';
import { createRedis } from '../../platform/redis.js';
import { authSettingsFrom, createAuthenticator } from '../http/auth.js';
import { longestAnswerMs, stopLimitMs } from '../http/order-wait.js';
import { serve } from '../http/serve.js';
import { createGatewayApp } from './service.js';
import { settings } from './config.js';
import { createPassingStreams } from './forward/forward.js';

/** What fetch of Node.js and others do unless told otherwise. */
const OUTSIDE_CLIENT_REST_MS = 4_000;

const config = readEnv(settings);
// So that an order that waits as long as it may is still answered by its own service.
const timeoutMs = longestAnswerMs(config);

await serve(
  config,
  async ({ logger, metrics, onShutdown }) => {
    // Counting is not worth waiting for.
    const redis = createRedis({ url: config.REDIS_URL, logger, commandTimeoutMs: 250 });
    onShutdown('Redis', () => redis.disconnect());

    const auth = createAuthenticator(authSettingsFrom(config, logger));
    const service = config.SERVICE_NAME;
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
      timeoutMs,
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
    return { app, endStreams: () => streams.end() };
  },
  { stopLimitMs: stopLimitMs(config), drainLimitMs: timeoutMs, clientRestMs: OUTSIDE_CLIENT_REST_MS },
);
