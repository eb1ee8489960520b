import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { SpanStatusCode, trace } from '@opentelemetry/api';
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
  if (how === 'traces') {
    const tracer = trace.getTracer('process');
    tracer.startSpan('one').end();
    const query = (name: string) =>
      tracer.startSpan(name, { startTime: 0, attributes: { 'db.system.name': 'postgresql' } });
    query('quick query').end(49);
    query('slow query').end(50);
    query('failed command').setStatus({ code: SpanStatusCode.ERROR }).end(1);
  }
  if (how === 'serves') {
    const settings = { service: 'process', host: '127.0.0.1', port: 0, checks: {}, logger };
    const { url, drain } = await createHealthServer(settings);
    onShutdown('health port', drain);
    logger.info(url);
  }
  if (how === 'measures') {
    const { freePort, installTemporalRuntime } = await import('../temporal/runtime.js');
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const ports = [(other.address() as AddressInfo).port, await freePort()];
    const read = await installTemporalRuntime(logger, 'process', () => Promise.resolve(ports.shift() ?? 0));
    await read();
    logger.info('measured');
    other.close();
  }
  if (how === 'crashes') setTimeout(() => void Promise.reject(new Error('nobody caught this')), 10);
  await Promise.resolve();
});
