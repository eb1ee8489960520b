import { z } from 'zod';

import { databaseSettings, duration, processSettings, readEnv, temporalSettings, urlList } from '../../platform/env.js';
import { attentionSettings } from '../../services/order/attention-settings.js';
import { authSettings } from '../http/auth.js';

export type OrderApiConfig = ReturnType<typeof readConfig>;

/** The environment of the order API, read once. */
export const readConfig = () =>
  readEnv(
    z.object({
      ...processSettings,
      ...databaseSettings,
      ...temporalSettings,
      ...authSettings,
      ...attentionSettings,
      PRODUCT_SERVICE_URL: urlList,
      OAUTH_CLIENT_ID: z.string(),
      OAUTH_CLIENT_SECRET: z.string(),
      /** The longest that an order is waited for before it is answered with 202. */
      ORDER_WAIT_MS: duration.default(10_000),
    }),
  );
