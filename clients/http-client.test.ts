import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ServiceAnsweredError, ServiceUnavailableError } from './errors.js';
import { createServiceClient } from './http-client.js';
import { createServiceToken } from './service-token.js';

const servers: Server[] = [];

async function serve(answer: (req: IncomingMessage, res: ServerResponse, body: string) => void): Promise<string> {
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (data: Buffer) => (body += data.toString()));
    req.on('end', () => answer(req, res, body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const json = (res: ServerResponse, status: number, body: unknown) =>
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const get = { method: 'GET', path: '/things/1' } as const;

/** Nobody listens there any more. */
let down: string;
beforeAll(async () => {
  down = await serve(() => undefined);
  await new Promise((resolve) => servers.pop()?.close(resolve));
});

test('takes turns over the instances, and leaves out one that is down', async () => {
  const seen: string[] = [];
  const urls = [
    await serve((_req, res) => json(res, 200, seen.push('a'))),
    down,
    await serve((_req, res) => json(res, 200, seen.push('b'))),
  ];
  const client = createServiceClient({ name: 'thing-service', urls, timeoutMs: 2000 });
  for (let i = 0; i < 8; i++) await client.send(get);
  expect(seen.length).toBe(8);
  expect(seen.filter((name) => name === 'a').length).toBeGreaterThan(1);
  expect(seen.filter((name) => name === 'b').length).toBeGreaterThan(1);
});

test('a single address is asked again when its connection closes under a read, and not when it answers 5xx', async () => {
  const asked = { closing: 0, ill: 0 };
  const closing = await serve((req, res) => {
    asked.closing += 1;
    if (asked.closing === 1) req.socket.destroy();
    else json(res, 200, 'fine');
  });
  expect(await createServiceClient({ name: 'x', urls: [closing], timeoutMs: 2000 }).send(get)).toBe('fine');

  const ill = await serve((_req, res) => {
    asked.ill += 1;
    json(res, 500, {});
  });
  await expect(createServiceClient({ name: 'x', urls: [ill], timeoutMs: 2000 }).send(get)).rejects.toThrow('500');
  expect(asked.ill).toBe(1);
});

test('a read goes to the next instance when one answers 5xx, a write does not', async () => {
  let wrote = 0;
  const broken = await serve((req, res) => {
    if (req.method === 'POST') wrote += 1;
    json(res, 500, {});
  });
  const urls = [broken, await serve((_req, res) => json(res, 200, 'fine'))];
  expect(await createServiceClient({ name: 'x', urls, timeoutMs: 2000 }).send(get)).toBe('fine');
  await expect(
    createServiceClient({ name: 'x', urls, timeoutMs: 2000 }).send({ method: 'POST', path: '/', body: {} }),
  ).rejects.toThrow(ServiceUnavailableError);
  expect(wrote).toBe(1);
});

test.each([
  ['it hangs', () => undefined],
  ['its answer breaks off', (res: ServerResponse) => void res.writeHead(200).write('{', () => res.destroy())],
  ['it hangs up', (res: ServerResponse) => void res.destroy()],
])('a read goes to the next instance when %s; the one left out is asked no more', async (_how, misbehave) => {
  let asked = 0;
  const one = await serve((_req, res) => {
    asked += 1;
    misbehave(res);
  });
  const urls = [one, await serve((_req, res) => json(res, 200, 'fine'))];
  const client = createServiceClient({ name: 'x', urls, timeoutMs: 600 });
  for (let i = 0; i < 5; i++) expect(await client.send(get)).toBe('fine');
  expect(asked).toBe(1);
});

test('while one is known to be away, another that is well has all of the time', async () => {
  let pauseMs = 0;
  const slow = await serve((_req, res) => void setTimeout(() => json(res, 200, 'fine'), pauseMs));
  const client = createServiceClient({ name: 'x', urls: [down, slow], timeoutMs: 2000 });
  expect(await client.send(get)).toBe('fine');
  pauseMs = 1200;
  expect(await client.send(get)).toBe('fine');
});

test('one that is too slow for its share has what another leaves that is away', async () => {
  let asked = 0;
  const slowAtFirst = await serve((_req, res) => {
    if (++asked > 1) json(res, 200, 'fine');
  });
  const client = createServiceClient({ name: 'x', urls: [slowAtFirst, down], timeoutMs: 600 });
  expect(await client.send(get)).toBe('fine');
});

test('a write goes to the next instance when there was no connection, or when it may be repeated', async () => {
  let wrote = 0;
  const silent = await serve(() => void (wrote += 1));
  const fine = await serve((_req, res) => json(res, 200, ++wrote));
  const write = { method: 'POST', path: '/', body: {} } as const;
  const send = (first: string, request: Parameters<ReturnType<typeof createServiceClient>['send']>[0]) =>
    createServiceClient({ name: 'x', urls: [first, fine], timeoutMs: 400 }).send(request);
  expect(await send(down, write)).toBe(1);
  await expect(send(silent, write)).rejects.toThrow(/no answer within/);
  expect(await send(silent, { ...write, repeatable: true })).toBe(4);
});

test('a refusal is an answer, with its code', async () => {
  const url = await serve((_req, res) => json(res, 404, { code: 'not-found' }));
  const call = createServiceClient({ name: 'x', urls: [url], timeoutMs: 2000 }).send(get);
  await expect(call).rejects.toThrow(ServiceAnsweredError);
  await expect(call).rejects.toMatchObject({ status: 404, code: 'not-found' });
});

test.each([
  ['nobody listens', () => Promise.resolve(down)],
  ['it never answers', () => serve(() => undefined)],
  ['it hangs in the middle of an answer', () => serve((_req, res) => res.writeHead(200).write('{'))],
  ['it answers something else than JSON', () => serve((_req, res) => res.end('<html>'))],
])('is unavailable in time when %s', async (_how, start) => {
  const client = createServiceClient({ name: 'thing-service', urls: [await start()], timeoutMs: 300 });
  const started = Date.now();
  await expect(client.send(get, z.object({}))).rejects.toThrow(/^thing-service is unavailable: .+/);
  expect(Date.now() - started).toBeLessThan(1500);
});

test('the token of a service is asked for once, and again when it has run out', async () => {
  const asked: string[] = [];
  let expiresIn = 900;
  const url = await serve((req, res, body) => {
    asked.push(`${String(req.headers['content-type'])} ${String(req.headers.authorization)} ${body}`);
    json(res, 200, { access_token: `t${String(asked.length)}`, token_type: 'Bearer', expires_in: expiresIn });
  });
  const settings = { urls: [url], clientId: 'order-service', clientSecret: 's:1' };
  const token = createServiceToken(settings);
  expect(await Promise.all([token(), token(), token()])).toEqual(['t1', 't1', 't1']);
  expect(await token()).toBe('t1');
  expect(asked[0]).toContain('application/x-www-form-urlencoded');
  expect(asked[0]).toContain(`Basic ${Buffer.from('order-service:s%3A1').toString('base64')}`);
  expect(asked[0]).toContain('grant_type=client_credentials');

  expiresIn = 0;
  const short = createServiceToken(settings);
  expect([await short(), await short()]).toEqual(['t2', 't3']);
});

test('the token comes from another instance when one hangs or is down', async () => {
  const silent = await serve(() => undefined);
  const fine = await serve((_req, res) => json(res, 200, { access_token: 't', expires_in: 900 }));
  for (const first of [silent, down]) {
    const settings = { urls: [first, fine], clientId: 'a', clientSecret: 's', timeoutMs: 600 };
    expect(await createServiceToken(settings)()).toBe('t');
  }
});

test('a token that is refused is dropped, and the call made once more with another', async () => {
  let valid = 1;
  let given = 0;
  const seen: string[] = [];
  const url = await serve((req, res, body) => {
    if (req.url === '/oauth/token') {
      given += 1;
      return json(res, 200, { access_token: `t${String(valid)}`, token_type: 'Bearer', expires_in: 900 });
    }
    seen.push(`${String(req.headers.authorization)} ${body}`.trim());
    return req.headers.authorization === `Bearer t${String(valid)}` ? json(res, 200, 'fine') : json(res, 401, {});
  });
  const token = createServiceToken({ urls: [url], clientId: 'order-service', clientSecret: 's' });
  const client = createServiceClient({ name: 'x', urls: [url], timeoutMs: 2000, token });
  expect(await client.send(get)).toBe('fine');

  valid = 2;
  expect(await Promise.all([client.send(get), client.send(get), client.send(get)])).toEqual(['fine', 'fine', 'fine']);
  expect(given).toBe(2);
  expect(await token('t1')).toBe('t2');
  expect(given).toBe(2);

  valid = 3;
  expect(await client.send({ method: 'POST', path: '/things', body: 'new' })).toBe('fine');
  expect(seen.slice(-2)).toEqual(['Bearer t2 "new"', 'Bearer t3 "new"']);
});

test('who refuses every token is asked twice and no more', async () => {
  let given = 0;
  let asked = 0;
  const url = await serve((req, res) => {
    if (req.url === '/oauth/token') json(res, 200, { access_token: `t${String(++given)}`, expires_in: 900 });
    else json(res, 401, { code: 'unauthorized', asked: ++asked });
  });
  const token = createServiceToken({ urls: [url], clientId: 'order-service', clientSecret: 's' });
  const call = createServiceClient({ name: 'x', urls: [url], timeoutMs: 2000, token }).send(get);
  await expect(call).rejects.toMatchObject({ name: 'ServiceAnsweredError', status: 401 });
  expect([given, asked]).toEqual([2, 2]);
});
