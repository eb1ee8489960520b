import { serve } from '../api/http/serve.js';
import { readEnv } from '../platform/env.js';
import { createNotificationApp } from './app.js';
import { settings } from './config.js';
import { createContext } from './context.js';

await serve(readEnv(settings), ({ config, logger, metrics, onShutdown }) => {
  const context = createContext(config, logger, {}, metrics);
  onShutdown('consumer, channels and database', () => context.close());
  return { app: createNotificationApp(context, { logger }) };
});
