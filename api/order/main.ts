import { readEnv } from '../../platform/env.js';
import { longestAnswerMs, stopLimitMs } from '../http/order-wait.js';
import { serve } from '../http/serve.js';
import { settings } from './config.js';
import { createContext, createOrderApp } from './service.js';

const config = readEnv(settings);

await serve(
  config,
  (base) => {
    const context = createContext(base);
    return { app: createOrderApp(context), endStreams: () => context.streams.close() };
  },
  { stopLimitMs: stopLimitMs(config), drainLimitMs: longestAnswerMs(config) },
);
