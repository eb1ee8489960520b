import { z } from 'zod';
import { flag, list, readEnv } from '../../platform/env.js';

const settings = z.object({
  LOG_LEVEL: z.string().default('info'),
  USER_DATABASE_URL: z.url(),
  ORDER_DATABASE_URL: z.url(),
  INVENTORY_DATABASE_URL: z.url(),
  PAYMENT_DATABASE_URL: z.url(),
  PAYMENT_SIMULATOR_DATABASE_URL: z.url(),
  DELIVERY_DATABASE_URL: z.url(),
  PRODUCT_DATABASE_URL: z.url(),
  NOTIFICATION_DATABASE_URL: z.url(),
  TEMPORAL_ADDRESS: z.string(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  KAFKA_BROKERS: list,
  /** Users with a password that everybody knows, products and stock: for development only, so never by default. */
  SEED_DEMO_DATA: flag.default(false),
});

export type SetupConfig = z.output<typeof settings>;

export function readConfig(): SetupConfig {
  return readEnv(settings);
}
