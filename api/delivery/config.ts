import { z } from 'zod';
import { databaseSettings, nodeEnv, processSettings, temporalSettings } from '../../platform/env.js';
import { carrierSettings } from '../../services/delivery/carrier.js';
import { authSettings } from '../http/auth.js';

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...temporalSettings,
  ...authSettings,
  ...carrierSettings,
  NODE_ENV: nodeEnv,
});

export type DeliveryApiConfig = z.output<typeof settings>;
