import { z } from 'zod';
import { flag, list, payloadKeySettings, processSettings, readEnv } from '../../platform/env.js';
import { authSettings } from '../http/auth.js';

const ownSettings = z.object({
  ...processSettings,
  ...payloadKeySettings,
  TEMPORAL_UI_URL: list
    .default(['http://127.0.0.1:8233', 'http://localhost:8233'])
    .describe("a list of origins of Temporal's Web UI: pages from elsewhere get nothing"),
  CODEC_HOSTS: list
    .default(['codec-server'])
    .describe('the names that it is asked by, beside `localhost` and addresses: it answers to no other'),
  CODEC_REQUIRE_ADMIN: flag
    .default(true)
    .describe(
      "asks for an admin's access token; the development server's Web UI sends none, so `npm start` says `false`",
    ),
});

const adminSettings = z.object(authSettings);

export const settings = z.object({ ...ownSettings.shape, ...adminSettings.partial().shape });

export function readConfig() {
  const config = readEnv(ownSettings);
  return { ...config, auth: config.CODEC_REQUIRE_ADMIN ? readEnv(adminSettings) : undefined };
}
