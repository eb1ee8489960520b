import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { waitFor } from '../tests/support/wait-for.js';
import { startProcess } from './testing/start-process.js';

const stops: [string, (child: ChildProcess) => void][] = [
  ['SIGTERM', (child) => child.kill('SIGTERM')],
  ['SIGINT', (child) => child.kill('SIGINT')],
  ['the loss of its parent', (child) => child.disconnect()],
];

test.each(stops)('closes what it opened, newest first, on %s', async (_name, stop) => {
  const { child, exit, messages } = startProcess('runs');
  await waitFor('the start', () => messages().includes('started'));
  stop(child);
  expect(await exit).toBe(0);
  expect(messages()).toEqual(['started', 'stopping', 'closed second', 'closed first', 'stopped']);
});

test('a start that fails says why and gives 1', async () => {
  const { exit, output } = startProcess('fails');
  expect(await exit).toBe(1);
  expect(output()).toContain('no database here');
});

test('one thing that does not close keeps no other from closing', async () => {
  const { child, exit, messages } = startProcess('breaks');
  await waitFor('the start', () => messages().includes('started'));
  child.kill('SIGTERM');
  expect(await exit).toBe(1);
  expect(messages()).toContain('closed first');
});

test('an error that nobody caught ends the process in order, with 1', async () => {
  const { exit, output, messages } = startProcess('crashes');
  expect(await exit).toBe(1);
  expect(output()).toContain('nobody caught this');
  expect(messages()).toContain('closed first');
});

test('says that it is not ready as soon as it stops, while it still answers', async () => {
  const { child, exit, messages } = startProcess('serves');
  await waitFor('the start', () => messages().includes('started'));
  const ready = `${messages().find((message) => message.startsWith('http:')) ?? ''}/readyz`;
  expect((await fetch(ready)).status).toBe(200);
  child.kill('SIGTERM');
  await waitFor('the end of its readiness', () => messages().includes('stopping'));
  const answer = await fetch(ready);
  expect([answer.status, await answer.json()]).toEqual([503, { status: 'not ready', missing: [{ name: 'process' }] }]);
  expect(await exit).toBe(0);
});

test('stops soon where Zipkin hangs', async () => {
  const zipkin = createServer();
  await new Promise<void>((resolve) => zipkin.listen(0, '127.0.0.1', resolve));
  const asked = once(zipkin, 'connection');
  const { port } = zipkin.address() as AddressInfo;
  const register = new URL('./telemetry/register.ts', import.meta.url).href;
  const { child, exit } = startProcess('traces', {
    imports: [register],
    env: { ZIPKIN_URL: `http://127.0.0.1:${String(port)}` },
  });
  const [socket] = (await asked) as [Socket];
  const from = performance.now();
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  expect(performance.now() - from).toBeLessThan(10_000);
  socket.destroy();
  zipkin.close();
});
