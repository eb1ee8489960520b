import { z } from 'zod';
import { databaseSettings, json, processSettings, readEnv, temporalSettings } from '../../platform/env.js';
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
      /** The carriers' secrets by key id; several, so that one can be changed without losing a report. */
      CARRIER_KEYS: json(z.record(z.string(), z.string().min(1))),
    }),
  );
