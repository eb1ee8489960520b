import { z } from 'zod';
import { databaseSettings, processSettings, readEnv, temporalSettings } from '../../platform/env.js';
import { carrierSettings } from '../../services/delivery/carrier-settings.js';
import { authSettings } from '../http/auth.js';

export type DeliveryApiConfig = ReturnType<typeof readConfig>;

/** The environment of the delivery API, read once. */
export const readConfig = () =>
  readEnv(
    z.object({
      ...processSettings,
      ...databaseSettings,
      ...temporalSettings,
      ...authSettings,
      ...carrierSettings,
    }),
  );
