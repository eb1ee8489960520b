import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { server } from '../tests/support/servers.js';
import { createHeartbeats } from './run-worker.js';
import type { longStep } from './testing/long-step.js';

const taskQueue = `heartbeats-${randomUUID()}`;
let connection: Connection;
let native: NativeConnection;
let worker: Worker;
let running: Promise<void>;
let attempts = 0;

beforeAll(async () => {
  connection = await Connection.connect({ address: server('TEMPORAL_ADDRESS') });
  native = await NativeConnection.connect({ address: server('TEMPORAL_ADDRESS') });
  worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('./testing/long-step.ts', import.meta.url)),
    interceptors: { activity: [createHeartbeats({ everyMs: 200 })] },
    activities: {
      take: async (ms: number) => {
        attempts += 1;
        await pause(ms);
      },
    },
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await native.close();
  await connection.close();
});

it('an attempt that takes longer than the heartbeat timeout goes on while its process lives', async () => {
  const { workflow } = new Client({ connection });
  await workflow.execute<typeof longStep>('longStep', { taskQueue, workflowId: randomUUID(), args: [2_500] });
  expect(attempts).toBe(1);
});
