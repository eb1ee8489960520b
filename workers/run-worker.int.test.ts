import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../platform/metrics.js';
import { createLogger } from '../platform/logger.js';
import { createTemporalClient, createDataConverter } from '../platform/temporal/client.js';
import { go, secretWorkflow, tell } from '../platform/temporal/testing/secret-workflow.js';
import { server } from '../tests/support/servers.js';
import { waitFor } from '../tests/support/wait-for.js';
import { runWorker } from './run-worker.js';
import type { longStep } from './testing/long-step.js';

const lines: string[] = [];
const closers: (() => unknown)[] = [];
const payloadKeys = { keys: { one: randomBytes(32).toString('base64') }, current: 'one' };
let door: Server;
let address: string;

const listenOn = (port: number) => new Promise<void>((resolve) => door.listen(port, '127.0.0.1', resolve));

beforeAll(async () => {
  const [host = '', port = ''] = server('TEMPORAL_ADDRESS').split(':');
  door = createServer((socket) => {
    const upstream = connect(Number(port), host);
    socket.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await listenOn(0);
  address = `127.0.0.1:${String((door.address() as AddressInfo).port)}`;
  await new Promise((resolve) => door.close(resolve));
});

afterAll(() => door.close());

test('waits for Temporal and says so, works, and stops in order', async () => {
  let healthUrl = '';
  const taskQueue = `run-worker-${randomUUID()}`;
  const logger = createLogger({ service: 'some-service', level: 'info' }, { write: (line) => lines.push(line) });
  const started = runWorker(
    {
      service: 'some-service',
      taskQueue,
      activities: { keep: (text: string) => Promise.resolve(text), lose: () => Promise.resolve() },
      workflows: { path: fileURLToPath(new URL('../platform/temporal/testing/secret-workflow.ts', import.meta.url)) },
      temporal: { address, namespace: 'default', payloadKeys },
      health: { host: '127.0.0.1', port: 0 },
      metrics: createMetrics('some-service'),
      logger,
      onListening: ({ url }) => (healthUrl = url),
    },
    (_name, close) => closers.push(close),
  );
  const ready = async () => {
    const answer = await fetch(`${healthUrl}/readyz`);
    return { status: answer.status, text: await answer.text() };
  };
  await waitFor('the health port', () => healthUrl);
  const waiting = await ready();
  expect(waiting.status).toBe(503);
  expect(waiting.text).toBe('{"status":"not ready","missing":[{"name":"worker"}]}');
  expect(lines.join()).toContain('waiting for temporal');
  await waitFor('a line about it', () => lines.some((line) => line.includes('waiting for Temporal')));

  await listenOn(Number(address.split(':')[1]));
  await started;
  await waitFor('readiness', async () => (await ready()).status === 200);

  const temporal = createTemporalClient({ address: server('TEMPORAL_ADDRESS'), namespace: 'default', payloadKeys });
  const handle = await temporal.client.workflow.start(secretWorkflow, {
    workflowId: randomUUID(),
    taskQueue,
    args: ['x'],
  });
  expect(await handle.executeUpdate(tell, { args: ['told'] })).toBe('told');
  await handle.signal(go);
  await expect(handle.result()).rejects.toThrow('Workflow execution failed');
  await temporal.close();

  for (const close of closers.reverse()) await close();
  await expect(fetch(`${healthUrl}/healthz`)).rejects.toThrow();
});

describe('a process of a worker', () => {
  const taskQueue = `worker-process-${randomUUID()}`;
  function start(how: string) {
    const script = fileURLToPath(new URL('./testing/worker-main.ts', import.meta.url));
    const args = ['--import', 'tsx', script, server('TEMPORAL_ADDRESS'), taskQueue, payloadKeys.keys.one, how];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    // Also where its test failed.
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
    return {
      child,
      exit,
      says: (text: string) => waitFor(text, () => output.includes(`"message":"${text}"`), { timeoutMs: 60_000 }),
    };
  }

  test('that fails by itself ends with an error, in order', async () => {
    const { exit, says } = start('fails');
    expect(await exit).toBe(1);
    await says('stopped');
  });

  test('that is stopped ends the step that it has begun, and takes no other', async () => {
    const { child, exit, says } = start('runs');
    await says('started');
    const temporal = createTemporalClient({ address: server('TEMPORAL_ADDRESS'), namespace: 'default', payloadKeys });
    const { workflow } = temporal.client;
    const native = await NativeConnection.connect({ address: server('TEMPORAL_ADDRESS') });
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      dataConverter: createDataConverter(payloadKeys),
      workflowsPath: fileURLToPath(new URL('./testing/long-step.ts', import.meta.url)),
    });
    await worker.runUntil(async () => {
      const begin = () =>
        workflow.start<typeof longStep>('longStep', { taskQueue, workflowId: randomUUID(), args: [5_000, 9_000] });
      const begun = await begin();
      await says('begun');
      child.kill('SIGTERM');
      await says('stopping');
      const late = await begin();
      await begun.result();
      expect(await exit).toBe(0);
      const { events } = await begun.fetchHistory();
      const started = events?.find((event) => event.activityTaskStartedEventAttributes);
      expect(started?.activityTaskStartedEventAttributes?.attempt).toBe(1);
      expect((await late.describe()).raw.pendingActivities).toMatchObject([{ state: 1 }]);
      await late.terminate();
    });
    await native.close();
    await temporal.close();
  }, 120_000);
});
