import { trace } from '@opentelemetry/api';
import { createHealthServer } from '../health.js';
import { createLogger } from '../logger.js';
import { runProcess } from '../shutdown.js';

const logger = createLogger({ service: 'process', level: 'info' });

/** A process for tests: how it starts and stops comes by its argument. */
await runProcess({ logger }, async (onShutdown) => {
  const [, , how] = process.argv;
  if (how === 'fails') throw new Error('no database here');
  setInterval(() => undefined, 1000);
  onShutdown('first', async () => {
    await Promise.resolve();
    logger.info('closed first');
  });
  onShutdown('second', () => {
    logger.info('closed second');
    if (how === 'breaks') throw new Error('stuck');
  });
  if (how === 'traces') trace.getTracer('process').startSpan('one').end();
  if (how === 'serves') {
    const settings = { service: 'process', host: '127.0.0.1', port: 0, checks: {}, logger };
    const { url, drain } = await createHealthServer(settings);
    onShutdown('health port', drain);
    logger.info(url);
  }
  if (how === 'crashes') setTimeout(() => void Promise.reject(new Error('nobody caught this')), 10);
  await Promise.resolve();
});
