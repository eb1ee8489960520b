import { z } from 'zod';
import {
  databaseSettings,
  duration,
  kafkaSettings,
  nodeEnv,
  processSettings,
  pruneSettings,
  temporalSettings,
  topicSettings,
  urlList,
  redisSettings,
} from '../platform/env.js';
import { sagaTimeSettings } from '../services/order/saga-start.js';
import { carrierSettings } from '../services/delivery/carrier.js';
import { SIMULATED_CARRIER } from '../services/delivery/simulated-carrier/simulated-carrier.js';
import { CHALLENGE_PAGE } from '../services/payment/simulator/challenges.js';
import { webhookSettings } from '../services/payment/simulator/provider-events.js';
import { providerSettings } from '../services/payment/payment-provider.js';
import { stripeFaults, stripeSettings } from '../services/payment/stripe/stripe-settings.js';

export const orderWorkerSettings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...kafkaSettings,
  ...topicSettings,
  ...temporalSettings,
  // The sweeper starts what the API could not.
  ...sagaTimeSettings,
  RECONCILE_ALL_EVERY: duration
    .default(7 * 86_400_000)
    .describe(
      'a duration: the scheduled reconciliation follows what changed, and looks at everything when it has not for so long',
    ),
  ...pruneSettings,
  EVENTS_KEPT_FOR: duration
    .default(30 * 86_400_000)
    .describe(
      'a duration: how long events that were sent stay in the outbox once their order is over: no less than Temporal keeps its workflow, which tells nothing after that',
    ),
  SAGA_VERSIONING: z
    .enum(['PINNED', 'AUTO_UPGRADE'])
    .default('PINNED')
    .describe(
      'what orders do when another build of the Saga becomes current: PINNED ones end with the build they began with; AUTO_UPGRADE ones go on with the new one, which becomes current when it starts (development)',
    ),
});

export const deliveryWorkerSettings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...temporalSettings,
  ...carrierSettings,
  DELIVERY_CARRIER: z
    .enum(['simulated'], 'must be "simulated": no other carrier is built in')
    .default('simulated')
    .describe('no other is built in'),
  DELIVERY_SERVICE_URL: urlList.describe('where the delivery service is: the simulated carrier reports there'),
  CARRIER_KEY_ID: z.string().describe('the key that the simulated carrier signs with'),
  CARRIER_DELAY_MS: duration
    .default(2000)
    .describe("a duration: from the booking to the simulated carrier's last report"),
});

/** With the key that CARRIER_KEY_ID names. */
export const deliveryWorkerSettingsWithKey = deliveryWorkerSettings.transform((env, context) => {
  const key = env.CARRIER_KEYS[env.CARRIER_KEY_ID];
  if (key?.carrier === SIMULATED_CARRIER) return { ...env, carrierKey: key.secret };
  context.addIssue({
    code: 'custom',
    path: ['CARRIER_KEY_ID'],
    message: `must be a key id of CARRIER_KEYS, of "${SIMULATED_CARRIER}"`,
  });
  return z.NEVER;
});

export const inventoryWorkerSettings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...redisSettings,
  ...temporalSettings,
});

export const paymentWorkerSettings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...temporalSettings,
  NODE_ENV: nodeEnv,
  ...providerSettings,
  PAYMENT_SIMULATOR_DATABASE_URL: providerSettings.PAYMENT_SIMULATOR_DATABASE_URL.optional(),
  ...stripeSettings,
  TRANSFER_DELAY_MS: duration
    .default(5000)
    .describe('a duration: from the charge by `bank_transfer` until the simulated provider has the money'),
  CHALLENGE_PAGE: z
    .url({ protocol: /^https?$/ })
    .includes('{challengeId}')
    .default(CHALLENGE_PAGE)
    .describe(
      'where a browser confirms a charge by `card_3ds`, `{challengeId}` in place of its id: the page of the simulated bank',
    ),
  ...pruneSettings,
  ...webhookSettings,
  PAYMENT_WEBHOOK_KEY_ID: z.string().describe('the key that the simulated provider signs with'),
  PAYMENT_WEBHOOKS: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'off: the simulated provider tells nobody what became of a charge, as if each webhook were lost; the order asks by itself',
    ),
  PAYMENT_SERVICE_URL: urlList.describe('where the payment service is'),
});

/** With the key that PAYMENT_WEBHOOK_KEY_ID names, and what the provider in use can't do without. */
export const checkedPaymentWorkerSettings = paymentWorkerSettings.transform((env, context) => {
  const wrong = (setting: string, message: string) => context.addIssue({ code: 'custom', path: [setting], message });
  if (env.PAYMENT_PROVIDER === 'simulated' && env.PAYMENT_SIMULATOR_DATABASE_URL === undefined)
    wrong('PAYMENT_SIMULATOR_DATABASE_URL', 'PAYMENT_PROVIDER=simulated needs it');
  if (env.PAYMENT_PROVIDER === 'stripe') for (const { setting, says } of stripeFaults(env)) wrong(setting, says);
  const key = env.PAYMENT_WEBHOOK_KEYS[env.PAYMENT_WEBHOOK_KEY_ID];
  if (key !== undefined) return { ...env, webhookKey: key.secret };
  wrong('PAYMENT_WEBHOOK_KEY_ID', 'must be a key id of PAYMENT_WEBHOOK_KEYS');
  return z.NEVER;
});

export const reconcileSettings = z.object(temporalSettings);
