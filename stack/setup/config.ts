import { z } from 'zod';
import {
  duration,
  flag,
  kafkaSettings,
  processSettings,
  readEnv,
  temporalAddressSettings,
  topicSettings,
} from '../../platform/env.js';
import { providerSettings } from '../../services/payment/payment-provider.js';

const database = (name: string) => z.url().describe(`the ${name} service's database, to be migrated`);

export const databaseUrlSettings = {
  USER_DATABASE_URL: database('user'),
  ORDER_DATABASE_URL: database('order'),
  INVENTORY_DATABASE_URL: database('inventory'),
  PAYMENT_DATABASE_URL: database('payment'),
  PAYMENT_SIMULATOR_DATABASE_URL: providerSettings.PAYMENT_SIMULATOR_DATABASE_URL,
  DELIVERY_DATABASE_URL: database('delivery'),
  PRODUCT_DATABASE_URL: database('product'),
  NOTIFICATION_DATABASE_URL: database('notification'),
};

export const settings = z.object({
  LOG_LEVEL: processSettings.LOG_LEVEL,
  ...databaseUrlSettings,
  ...temporalAddressSettings,
  TEMPORAL_NAMESPACE_RETENTION: duration
    .optional()
    .describe(
      'a duration: the namespace is made where it is missing, and keeps ended workflows for so long; without it, it must exist already',
    ),
  ...kafkaSettings,
  ...topicSettings,
  RECONCILE_EVERY: duration
    .default(3_600_000)
    .describe('a duration: how often a Temporal Schedule looks for what no record accounts for; it only reports'),
  SEED_DEMO_DATA: flag
    .default(false)
    .describe(
      'users whose password everybody knows, products and stock: for development only; `npm start` says `true`',
    ),
});

const forTemporal = (what: string) =>
  z.url().optional().describe(`a database for ${what}, where Temporal's server is brought up beside us`);

/** Of who makes the databases in containers, before they are migrated. */
export const databasesSettings = z.object({
  LOG_LEVEL: processSettings.LOG_LEVEL,
  POSTGRES_ADMIN_URL: z.url().describe('PostgreSQL as one who may make databases and roles'),
  ...databaseUrlSettings,
  TEMPORAL_DATABASE_URL: forTemporal("Temporal's histories"),
  TEMPORAL_VISIBILITY_DATABASE_URL: forTemporal("Temporal's lists of workflows"),
});

export type SetupConfig = z.output<typeof settings>;

export function readConfig(): SetupConfig {
  return readEnv(settings);
}
