import { listen } from '../platform/listen.js';
import { createLogger } from '../platform/logger.js';
import { runProcess } from '../platform/shutdown.js';
import { createNotificationApp } from './app.js';
import { readConfig } from './config.js';
import { createContext } from './context.js';

const config = readConfig();
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

await runProcess({ logger }, async (onShutdown) => {
  const context = createContext(config, logger);
  onShutdown('consumer, channels and database', () => context.close());

  const app = createNotificationApp(context, { logger });
  const server = await listen(app, { host: config.HOST, port: config.PORT });
  onShutdown('http', () => server.drain());
});
