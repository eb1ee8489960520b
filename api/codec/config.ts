import { z } from 'zod';
import { flag, list, payloadKeySettings, processSettings, readEnv } from '../../platform/env.js';
import { authSettings } from '../http/auth.js';

const settings = z.object({
  ...processSettings,
  ...payloadKeySettings,
  /** Origins of Temporal's Web UI, separated by commas: pages from elsewhere get nothing. */
  TEMPORAL_UI_URL: list.default(['http://127.0.0.1:8233', 'http://localhost:8233']),
  /** Ask for an admin's access token. The development server's Web UI sends none, so only off where nobody else comes by. */
  CODEC_REQUIRE_ADMIN: flag.default(true),
});

export function readConfig() {
  const config = readEnv(settings);
  return { ...config, auth: config.CODEC_REQUIRE_ADMIN ? readEnv(z.object(authSettings)) : undefined };
}
