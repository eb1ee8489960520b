import { z } from 'zod';
import { port, processSettings, redisSettings, urlList } from '../../platform/env.js';
import { authSettings } from '../http/auth.js';
import { orderWaitSettings } from '../http/order-wait.js';
import { perMinute } from '../http/rate-limits.js';

export const settings = z.object({
  ...processSettings,
  ...authSettings,
  ...redisSettings,
  ...orderWaitSettings,
  METRICS_PORT: port.describe('where it answers metrics and health alone: anybody may ask at `PORT`'),
  ORDER_SERVICE_URL: urlList.describe('where the order service is'),
  INVENTORY_SERVICE_URL: urlList.describe('where the inventory service is'),
  PAYMENT_SERVICE_URL: urlList.describe('where the payment service is'),
  DELIVERY_SERVICE_URL: urlList.describe('where the delivery service is: the simulated carrier reports there'),
  PRODUCT_SERVICE_URL: urlList.describe('where the product service is'),
  NOTIFICATION_SERVICE_URL: urlList.describe('where the notification service is'),
  TRUSTED_PROXIES: z
    .string()
    .regex(/^\d$/, 'must be a number from 0 to 9')
    .transform(Number)
    .default(0)
    .describe('how many proxies stand before the gateway, whose `X-Forwarded-*` are then believed; 0 to 9'),
  RATE_LIMIT_REQUESTS_PER_MINUTE: perMinute
    .default(1200)
    .describe('per user, or per address of callers without a token'),
  RATE_LIMIT_ORDERS_PER_MINUTE: perMinute.default(300).describe('per user'),
});
