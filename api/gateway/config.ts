import { z } from 'zod';
import { duration, processSettings, readEnv, redisSettings, urlList } from '../../platform/env.js';
import { authSettings } from '../http/auth.js';

const perMinute = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a positive number')
  .transform(Number);

const schema = z.object({
  ...processSettings,
  ...authSettings,
  ...redisSettings,
  ORDER_SERVICE_URL: urlList,
  INVENTORY_SERVICE_URL: urlList,
  PAYMENT_SERVICE_URL: urlList,
  DELIVERY_SERVICE_URL: urlList,
  PRODUCT_SERVICE_URL: urlList,
  NOTIFICATION_SERVICE_URL: urlList,
  /** How long an order may wait for its answer: the gateway waits a little longer. */
  ORDER_WAIT_MS: duration.default(10_000),
  /** How many proxies stand before the gateway, whose X-Forwarded-* are then believed. */
  TRUSTED_PROXIES: z.string().regex(/^\d$/, 'must be a number from 0 to 9').transform(Number).default(0),
  RATE_LIMIT_REQUESTS_PER_MINUTE: perMinute.default(1200),
  RATE_LIMIT_ORDERS_PER_MINUTE: perMinute.default(300),
  RATE_LIMIT_LOGINS_PER_MINUTE: perMinute.default(10),
});

export type GatewayConfig = z.infer<typeof schema>;

export const readConfig = (): GatewayConfig => readEnv(schema);
