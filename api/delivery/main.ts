import { createLogger } from '../../platform/logger.js';
import { listen } from '../../platform/listen.js';
import { runProcess } from '../../platform/shutdown.js';
import { createHttpApp } from '../http/app.js';
import { readConfig } from './config.js';
import { createContext } from './context.js';
import { deliveryRoutes } from './routes/index.js';

const config = readConfig();
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

await runProcess({ logger }, async (onShutdown) => {
  const context = createContext(config, logger, onShutdown);
  const app = createHttpApp({
    service: config.SERVICE_NAME,
    logger,
    readiness: context.readiness,
    routers: deliveryRoutes(context),
  });
  const server = await listen(app, { host: config.HOST, port: config.PORT });
  onShutdown('http', () => server.close());
});
