import { EncryptionCodec } from '../../platform/temporal/payload-codec.js';
import { createHttpApp } from '../http/app.js';
import { authSettingsFrom, createAuthenticator } from '../http/auth.js';
import { serve } from '../http/serve.js';
import { codecRoutes } from './codec-routes.js';
import { readConfig } from './config.js';

await serve(readConfig(), ({ config, logger, metrics }) => {
  const codec = new EncryptionCodec({ keys: config.PAYLOAD_KEYS, current: config.PAYLOAD_KEY_ID });
  const auth = config.auth && createAuthenticator(authSettingsFrom(config.auth, logger));
  const app = createHttpApp({
    service: config.SERVICE_NAME,
    logger,
    metrics,
    readiness: auth === undefined ? {} : { 'signing keys': auth.check },
    routers: [codecRoutes({ codec, origins: config.TEMPORAL_UI_URL, hosts: config.CODEC_HOSTS, auth })],
    parseJson: false,
  });
  return { app };
});
