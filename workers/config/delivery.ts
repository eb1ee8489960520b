import { z } from 'zod';
import { databaseSettings, duration, processSettings, temporalSettings, urlList } from '../../platform/env.js';
import { carrierSettings } from '../../services/delivery/carrier.js';
import { SIMULATED_CARRIER } from '../../services/delivery/simulated-carrier/simulated-carrier.js';

export const settings = z.object({
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
export const settingsWithKey = settings.transform((env, context) => {
  const key = env.CARRIER_KEYS[env.CARRIER_KEY_ID];
  if (key?.carrier === SIMULATED_CARRIER) return { ...env, carrierKey: key.secret };
  context.addIssue({
    code: 'custom',
    path: ['CARRIER_KEY_ID'],
    message: `must be a key id of CARRIER_KEYS, of "${SIMULATED_CARRIER}"`,
  });
  return z.NEVER;
});
