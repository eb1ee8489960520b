import { createLogger } from '../../platform/logger.js';
import { runProcess } from '../../platform/shutdown.js';
import { listen } from '../../platform/listen.js';
import { longestAnswerMs, stopLimitMs } from '../http/order-wait.js';
import { createOrderApp } from './app.js';
import { readConfig } from './config.js';
import { createContext } from './context.js';

const config = readConfig();
const logger = createLogger({ service: config.SERVICE_NAME, level: config.LOG_LEVEL });

await runProcess({ logger, stopLimitMs: stopLimitMs(config) }, async (onShutdown) => {
  const context = createContext(config, logger, onShutdown);
  const app = createOrderApp(context, config.SERVICE_NAME);
  const server = await listen(app, { host: config.HOST, port: config.PORT, drainLimitMs: longestAnswerMs(config) });
  onShutdown('http', () => server.drain());
  // First of all: they would go on for as long as their orders do.
  onShutdown('event streams', () => context.streams.close());
});
