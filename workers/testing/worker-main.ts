import { setTimeout as pause } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import { createLogger } from '../../platform/logger.js';
import { createMetrics } from '../../platform/metrics.js';
import { runProcess } from '../../platform/shutdown.js';
import { runWorker } from '../run-worker.js';

/** A process of one worker, for tests: Temporal's address, a task queue, a key and how it goes are its arguments. */
const [, , address = '', taskQueue = '', one = '', how] = process.argv;
const logger = createLogger({ service: 'some-service', level: 'info' });

await runProcess({ logger }, async (onShutdown) => {
  await runWorker(
    {
      service: 'some-service',
      taskQueue,
      activities: {
        take: async (ms: number) => {
          logger.info('begun');
          await pause(ms, undefined, { signal: cancellationSignal() });
        },
      },
      temporal: { address, namespace: 'default', payloadKeys: { keys: { one }, current: 'one' } },
      health: { host: '127.0.0.1', port: 0 },
      metrics: createMetrics('some-service'),
      logger,
      ...(how === 'fails' && {
        options: { plugins: [{ name: 'failing', runWorker: () => Promise.reject(new Error('no way to go on')) }] },
      }),
    },
    onShutdown,
  );
});
