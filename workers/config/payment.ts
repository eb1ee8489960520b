import { z } from 'zod';
import { databaseSettings, processSettings, temporalSettings } from '../../platform/env.js';
import { providerSettings } from '../../services/payment/payment-provider.js';

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...temporalSettings,
  ...providerSettings,
  PAYMENT_PROVIDER: providerSettings.PAYMENT_PROVIDER.refine(
    (name) => name === 'simulated',
    'must be "simulated": no other provider is built in',
  ),
});
