import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test, vi } from 'vitest';
import { waitFor } from '../tests/support/wait-for.js';
import { listen } from './listen.js';
import type { Listening } from './listen.js';

/** As of our clients: one connection, kept for the next request. */
const kept = new Agent({ keepAlive: true, maxSockets: 1 });
afterEach(() => {
  vi.useRealTimers();
  kept.destroy();
});

/** Answers at once, but at /slow, whose answers the test gives. */
async function serve(drainLimitMs?: number): Promise<{ server: Listening; slow: ServerResponse[] }> {
  const slow: ServerResponse[] = [];
  const answer = (req: IncomingMessage, res: ServerResponse): void => {
    if (req.url === '/slow') slow.push(res);
    else res.end('at once');
  };
  const limit = drainLimitMs === undefined ? {} : { drainLimitMs };
  const server = await listen(answer, { host: '127.0.0.1', port: 0, ...limit });
  return { server, slow };
}

async function post(
  url: string,
  agent = kept,
): Promise<{ connection: string | undefined; reused: boolean; body: string }> {
  const asked = request(url, { method: 'POST', agent }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { connection: answer.headers.connection, reused: asked.reusedSocket, body: await text(answer) };
}

test('who stops answers what still comes on a connection that was kept, and asks for it to be closed', async () => {
  const { server } = await serve();
  expect((await post(server.url)).connection).toBe('keep-alive');
  const drained = server.drain();
  expect(await post(server.url)).toEqual({ connection: 'close', reused: true, body: 'at once' });
  await drained;
  await expect(post(server.url)).rejects.toThrow('ECONNREFUSED');
});

test('who stops gives the answers that it owes, and closes their connections with them', async () => {
  const { server, slow } = await serve();
  const waiting = post(`${server.url}/slow`);
  await waitFor('the request', () => slow.length === 1);
  const drained = server.drain();
  const asking = new Agent();
  await waitFor('nobody new to be let in', () =>
    post(server.url, asking).then(
      () => false,
      () => true,
    ),
  );
  slow[0]?.end('in the end');
  expect(await waiting).toMatchObject({ connection: 'close', body: 'in the end' });
  await drained;
});

test('whom nobody has asked anything of late stops at once, whatever connections are kept', async () => {
  const { server } = await serve();
  await post(server.url);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_500 });
  const from = performance.now();
  await server.drain();
  expect(performance.now() - from).toBeLessThan(500);
});

test('waits for as long as its clients may use a connection again', async () => {
  const server = await listen((_req, res) => void res.end('at once'), {
    host: '127.0.0.1',
    port: 0,
    clientRestMs: 4_000,
  });
  await post(server.url);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_000 });
  const drained = server.drain();
  expect(await post(server.url)).toMatchObject({ connection: 'close', reused: true });
  await drained;
});

test('who can not answer in time is not waited for without end', async () => {
  const { server, slow } = await serve(100);
  const waiting = post(`${server.url}/slow`);
  waiting.catch(() => undefined);
  await waitFor('the request', () => slow.length === 1);
  await server.drain();
  await expect(waiting).rejects.toThrow('socket hang up');
});

test.each([
  ['header fields', 'POST / HTTP/1.1\r\nHost: a\r\nX: ', 'x'],
  ['a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n', 'x'],
  ['chunks', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
])(
  'whoever sends %s drop by drop is cut off once the request has taken as long as one may',
  async (_what, begin, drop) => {
    const wait: RequestListener = (req, res) => void req.once('end', () => res.end()).resume();
    const server = await listen(wait, { host: '127.0.0.1', port: 0, requestLimitMs: 200 });
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write(begin);
    const dripping = setInterval(() => socket.write(drop), 20);
    let answer = '';
    socket.on('data', (bytes) => (answer += String(bytes)));
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(dripping);
    expect(answer).toMatch(/^HTTP\/1.1 408 .*"code":"request-timeout"/s);
    await server.close();
  },
);

test.each([
  [
    'header fields that are too long',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'headers-too-large',
  ],
  ['a method that is none', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad-request'],
  [
    'a chunk that is none',
    'POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
    400,
    'bad-request',
  ],
])('what can not be read is answered with a problem: %s', async (_what, bytes, status, code) => {
  const { server } = await serve();
  const socket = connect(server.port, '127.0.0.1');
  socket.write(bytes);
  const answer = await text(socket);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain('Content-Type: application/problem+json');
  expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ status, code, type: `/problems/${code}` });
  await server.close();
});
