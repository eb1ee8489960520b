import { createLogger } from '../../platform/logger.js';
import { runProcess } from '../../platform/shutdown.js';
import { EncryptionCodec } from '../../platform/temporal/payload-codec.js';
import { createHttpApp } from '../http/app.js';
import { authSettingsFrom, createAuthenticator } from '../http/auth.js';
import { listen } from '../../platform/listen.js';
import { codecRoutes } from './codec-routes.js';
import { readConfig } from './config.js';

const config = readConfig();
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

await runProcess({ logger }, async (onShutdown) => {
  const codec = new EncryptionCodec({ keys: config.PAYLOAD_KEYS, current: config.PAYLOAD_KEY_ID });
  const auth = config.auth && createAuthenticator(authSettingsFrom(config.auth, logger));
  const app = createHttpApp({
    service: config.SERVICE_NAME,
    logger,
    readiness: auth === undefined ? {} : { 'signing keys': auth.check },
    routers: [codecRoutes({ codec, origins: config.TEMPORAL_UI_URL, hosts: config.CODEC_HOSTS, auth })],
    parseJson: false,
  });
  const server = await listen(app, { host: config.HOST, port: config.PORT });
  onShutdown('http', () => server.drain());
});
