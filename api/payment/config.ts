import { z } from 'zod';
import { databaseSettings, processSettings, readEnv } from '../../platform/env.js';
import { authSettings } from '../http/auth.js';

export type PaymentApiConfig = ReturnType<typeof readConfig>;

/** The environment of the payment API, read once. */
export const readConfig = () =>
  readEnv(
    z.object({
      ...processSettings,
      ...databaseSettings,
      ...authSettings,
      NODE_ENV: z.string().default('development'),
      PAYMENT_PROVIDER: z.string().default('simulated'),
      /** Without it the simulator can't be told anything from here. */
      PAYMENT_SIMULATOR_DATABASE_URL: z.url().optional(),
    }),
  );
