import { z } from 'zod';
import { databaseSettings, nodeEnv, processSettings } from '../../platform/env.js';
import { providerSettings } from '../../services/payment/payment-provider.js';
import { webhookSettings } from '../../services/payment/simulator/provider-events.js';
import { stripeWebhookSettings } from '../../services/payment/stripe/stripe-events.js';
import { authSettings } from '../http/auth.js';

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...authSettings,
  NODE_ENV: nodeEnv,
  ...providerSettings,
  ...webhookSettings,
  ...stripeWebhookSettings,
  PAYMENT_SIMULATOR_DATABASE_URL: providerSettings.PAYMENT_SIMULATOR_DATABASE_URL.optional(),
});

export type PaymentApiConfig = z.output<typeof settings>;
