import { randomBytes, randomUUID } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../platform/logger.js';
import { createTemporalClient } from '../platform/temporal/client.js';
import { go, secretWorkflow, tell } from '../platform/temporal/testing/secret-workflow.js';
import { server } from '../tests/support/servers.js';
import { waitFor } from '../tests/support/wait-for.js';
import { runWorker } from './run-worker.js';

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
  expect(waiting.text).toContain('waiting for temporal');
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
