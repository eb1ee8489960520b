import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../tests/support/wait-for.js';
import { startProcess } from '../testing/start-process.js';

/** What a process that makes one span has sent by its end, as the first line of a request and what its body says. */
async function sent(env: Record<string, string>) {
  const requests: { what: string; type: string | undefined; body: string }[] = [];
  const backend = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method, url, headers } = request;
      requests.push({ what: `${method} ${url}`, type: headers['content-type'], body: body.toString('latin1') });
      response.end();
    });
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  onTestFinished(() => void backend.close());
  const { port } = backend.address() as AddressInfo;
  const { child, exit, messages } = startProcess('traces', {
    imports: [new URL('./register.ts', import.meta.url).href],
    env: { OTLP_URL: `http://127.0.0.1:${String(port)}/`, ZIPKIN_URL: 'http://127.0.0.1:1', ...env },
  });
  await waitFor('the start', () => messages().includes('started'));
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  return requests;
}

test('spans go to whatever takes OTLP, where it is named, and not to Zipkin', async () => {
  const [request, ...more] = await sent({ SERVICE_NAME: 'traced' });
  expect(more).toEqual([]);
  expect(request).toMatchObject({ what: 'POST /v1/traces', type: 'application/x-protobuf' });
  for (const text of ['service.name', 'traced', 'one']) expect(request?.body).toContain(text);
});

test('of queries and commands those are sent that were slow, or say that they failed', async () => {
  const [request] = await sent({});
  expect(request?.body).toContain('slow query');
  expect(request?.body).toContain('failed command');
  expect(request?.body).not.toContain('quick query');
});

test('none is sent of the traces that are not kept', async () => {
  expect(await sent({ TRACES_SAMPLED: '0' })).toEqual([]);
});
