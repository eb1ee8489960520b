import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import express from 'express';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { createRedis } from '../../platform/redis.js';
import { createAccessTokens, type AccessTokens } from '../../services/user/access-tokens.js';
import { createSigningKeys } from '../../services/user/signing-keys.js';
import type { SigningKeys } from '../../services/user/signing-keys.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createAuthenticator } from '../http/auth.js';
import { listen } from '../../platform/listen.js';
import type { Listening } from '../../platform/listen.js';
import { createGatewayApp, type Upstream } from './service.js';
import { createAgent } from './forward/ask-instance.js';
import { forwardTo, createPassingStreams, type PassingStreams } from './forward/forward.js';

const logger = createLogger({ service: 'gateway', level: 'silent' });
const issuer = 'http://holdfast.test';
const audience = 'holdfast';

/** Nothing is counted without it, so nothing here reaches a limit. */
const absentRedis = createRedis({ url: 'redis://127.0.0.1:1', logger });

let keys: SigningKeys;
let tokens: AccessTokens;
let token: string;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  keys = await createSigningKeys([generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey]);
  tokens = createAccessTokens({ keys, issuer, audience });
  token = await tokens.forClient({ clientId: 'a-system', roles: ['service'] });
});

afterEach(async () => {
  for (const server of open.splice(0).reverse()) await server.close();
});

async function upstream(listener: RequestListener): Promise<Listening> {
  const server = await listen(listener, { host: '127.0.0.1', port: 0 });
  open.push(server);
  return server;
}

/** Nobody listens there any more. */
async function deadUrl(): Promise<string> {
  const server = await listen(() => undefined, { host: '127.0.0.1', port: 0 });
  await server.close();
  return server.url;
}

async function gateway(
  upstreams: Partial<Record<Upstream, string[]>>,
  {
    timeoutMs = 5000,
    trustedProxies = 0,
    streams = createPassingStreams(),
    shop = '/nowhere',
  }: { timeoutMs?: number; trustedProxies?: number; streams?: PassingStreams; shop?: string } = {},
): Promise<string> {
  const nowhere = [await deadUrl()];
  const app = createGatewayApp({
    service: 'gateway',
    logger,
    auth: createAuthenticator({
      issuer,
      audience,
      jwksUrls: [`data:application/json,${encodeURIComponent(JSON.stringify(keys.publicKeys))}`],
    }),
    upstreams: {
      'user-service': nowhere,
      'order-service': nowhere,
      'inventory-service': nowhere,
      'payment-service': nowhere,
      'delivery-service': nowhere,
      'product-service': nowhere,
      'notification-service': nowhere,
      ...upstreams,
    },
    timeoutMs,
    streams,
    trustedProxies,
    rates: { redis: absentRedis, limits: { requests: 1_000_000, orders: 1_000_000 } },
    shop,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  open.push(server);
  return server.url;
}

async function readAll(stream: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** Answers with what it got. */
const echo: RequestListener = (req, res) =>
  void readAll(req).then((body) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ method: req.method, url: req.url, headers: req.headers, body }));
  });

interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

const withToken = { get authorization() { return `Bearer ${token}`; } }; // prettier-ignore

describe('what passes', () => {
  test('method, path, query, body and answer, to the service of the route table', async () => {
    const orders = await upstream((req, res) => {
      res.setHeader('x-service', 'orders');
      res.setHeader('location', '/orders/1');
      res.statusCode = 201;
      echo(req, res);
    });
    const url = await gateway({ 'order-service': [orders.url] });
    const answer = await fetch(`${url}/orders?limit=2&cursor=a%2Fb`, {
      method: 'POST',
      body: '{"a":1}',
      headers: { ...withToken, 'content-type': 'application/json', 'idempotency-key': 'k' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-service')).toBe('orders');
    expect(answer.headers.get('location')).toBe('/orders/1');
    const seen = (await answer.json()) as Echo;
    expect(seen).toMatchObject({ method: 'POST', url: '/orders?limit=2&cursor=a%2Fb', body: '{"a":1}' });
    expect(seen.headers).toMatchObject({ 'idempotency-key': 'k', authorization: `Bearer ${token}` });
  });

  test('a DELETE with a body of unknown length', async () => {
    const users = await upstream(echo);
    const url = new URL(await gateway({ 'user-service': [users.url] }));
    const seen = await new Promise<Echo>((resolve, reject) => {
      const request = http.request(
        {
          host: url.hostname,
          port: url.port,
          path: '/sessions',
          method: 'DELETE',
          headers: { 'transfer-encoding': 'chunked' },
        },
        (answer) => {
          readAll(answer).then((text) => resolve(JSON.parse(text) as Echo), reject);
        },
      );
      request.on('error', reject);
      request.write('{"refresh');
      request.end('Token":"x"}');
    });
    expect(seen).toMatchObject({ method: 'DELETE', body: '{"refreshToken":"x"}' });
  });

  test('what belongs to one connection, or is said about the caller, does not', async () => {
    const products = await upstream(echo);
    const url = new URL(await gateway({ 'product-service': [products.url] }));
    const seen = await new Promise<Echo>((resolve, reject) => {
      const headers = {
        connection: 'close, x-secret',
        'x-secret': '1',
        te: 'trailers',
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-proto': 'https',
        forwarded: 'for=6.6.6.6',
        'x-kept': 'yes',
      };
      http
        .get({ host: url.hostname, port: url.port, path: '/products', headers }, (answer) => {
          readAll(answer).then((text) => resolve(JSON.parse(text) as Echo), reject);
        })
        .on('error', reject);
    });
    expect(seen.headers).toMatchObject({
      'x-kept': 'yes',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': url.host,
    });
    for (const name of ['x-secret', 'te', 'forwarded']) expect(seen.headers).not.toHaveProperty(name);
    expect(seen.headers['connection']).not.toContain('x-secret');
  });

  test('a proxy before us that we trust names the caller', async () => {
    const products = await upstream(echo);
    const url = await gateway({ 'product-service': [products.url] }, { trustedProxies: 1 });
    const seen = (await (
      await fetch(`${url}/products`, {
        headers: { 'x-forwarded-for': '6.6.6.6, 7.7.7.7', 'x-forwarded-proto': 'https' },
      })
    ).json()) as Echo;
    expect(seen.headers).toMatchObject({ 'x-forwarded-for': '7.7.7.7', 'x-forwarded-proto': 'https' });
  });

  test('an absolute or odd target never leads to another host', async () => {
    let reached = 0;
    const other = await upstream((_req, res) => void res.end(String(++reached)));
    const products = await upstream(echo);
    const url = new URL(await gateway({ 'product-service': [products.url] }));
    for (const path of [
      `${other.url}/products`,
      `//${new URL(other.url).host}/products`,
      `/products/../../${other.url}`,
    ]) {
      await new Promise((resolve, reject) => {
        http
          .get({ host: url.hostname, port: url.port, path }, (answer) => void answer.resume().on('end', resolve))
          .on('error', reject);
      });
    }
    expect(reached).toBe(0);
  });

  const chunked = '0\r\n\r\nGET /sessions/smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
  test.each([
    ['a length and chunks', `Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked`],
    ['chunks and a length', `Transfer-Encoding: chunked\r\nContent-Length: ${chunked.length}`],
    ['two lengths', `Content-Length: 5\r\nContent-Length: ${chunked.length}`],
    ['a length with a sign', `Content-Length: +5`],
    ['two lengths in one field', `Content-Length: 5, ${chunked.length}`],
    ['an encoding of another name', 'Transfer-Encoding: xchunked'],
    ['chunks that are not the last encoding', 'Transfer-Encoding: chunked, identity'],
    ['a blank before the colon', 'Transfer-Encoding : chunked'],
    ['a folded field', 'Transfer-Encoding:\r\n chunked'],
    ['a field that ends too soon', 'X: a\nTransfer-Encoding: chunked'],
  ])('no request in the body of another (smuggling): %s', async (_what, fields) => {
    const heard: (string | undefined)[] = [];
    const users = await upstream((req, res) => {
      heard.push(req.url);
      req.resume().on('end', () => res.end());
    });
    const socket = connect(Number(new URL(await gateway({ 'user-service': [users.url] })).port), '127.0.0.1');
    socket.write(`POST /sessions/refresh HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${chunked}`);
    const answers = await text(socket);
    expect(answers).toMatch(/^HTTP\/1\.1 [45]\d\d /);
    expect(answers.match(/^HTTP/gm)).toHaveLength(1);
    expect(heard).not.toContain('/sessions/smuggled');
  });

  test('events one by one as they come, and the service is let go when the caller leaves', async () => {
    let write: (text: string) => void = () => undefined;
    let left = false;
    const orders = await upstream((_req, res) => {
      res.setHeader('content-type', 'text/event-stream');
      res.flushHeaders();
      write = (text) => void res.write(text);
      res.on('close', () => (left = true));
    });
    const url = await gateway({ 'order-service': [orders.url] }, { timeoutMs: 300 });
    const request = http.get(`${url}/orders/1/events`, { headers: withToken });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.headers['content-type']).toBe('text/event-stream');
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      write(event);
      expect(String((await once(answer, 'data'))[0])).toBe(event);
    }
    // Only its beginning has a limit of time.
    setTimeout(() => write('data: late\n\n'), 700);
    expect(String((await once(answer, 'data'))[0])).toBe('data: late\n\n');
    answer.on('error', () => undefined);
    request.destroy();
    await waitFor('the service sees that nobody listens', () => left);
  });

  test('a gateway that stops ends event streams in order, and lets the service go', async () => {
    let left = false;
    const orders = await upstream((_req, res) => {
      res.setHeader('content-type', 'text/event-stream');
      res.write('id: 1\ndata: 1\n\n');
      res.on('close', () => (left = true));
    });
    const streams = createPassingStreams();
    const url = await gateway({ 'order-service': [orders.url] }, { streams });
    const follow = () => fetch(`${url}/orders/1/events`, { headers: withToken });
    const following = await follow();
    streams.end();
    expect(await following.text()).toMatch(/^(id: 1\ndata: 1\n\n)?$/);
    await waitFor('the service sees that nobody listens', () => left);
    expect(await (await follow()).text()).toBe('');
  });

  test('the service is let go when the caller leaves before the answer begins', async () => {
    let arrived = false;
    let left = false;
    const orders = await upstream((_req, res) => {
      arrived = true;
      res.on('close', () => (left = true));
    });
    const url = await gateway({ 'order-service': [orders.url, orders.url] });
    const request = http.get(`${url}/orders/1`, { headers: withToken }).on('error', () => undefined);
    await waitFor('the service has the request', () => arrived);
    request.destroy();
    await waitFor('the service sees that nobody waits', () => left);
  });

  test('HEAD: the head of the answer alone', async () => {
    const products = await upstream((req, res) => {
      res.setHeader('content-length', '5');
      res.setHeader('x-method', req.method ?? '');
      res.end(req.method === 'HEAD' ? undefined : 'hello');
    });
    const url = await gateway({ 'product-service': [products.url] });
    for (let i = 0; i < 2; i++) {
      const head = await fetch(`${url}/products`, { method: 'HEAD' });
      expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', '']);
      expect(head.headers.get('x-method')).toBe('HEAD');
    }
  });

  test('not what a path has no method for, and OPTIONS says which it has', async () => {
    const orders = await upstream(echo);
    const url = await gateway({ 'order-service': [orders.url] });
    const [options, other] = await Promise.all(
      ['OPTIONS', 'PUT'].map((method) => fetch(`${url}/orders/1`, { method })),
    );
    expect([options?.status, options?.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
    expect([other?.status, other?.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('an answer without a body, one of several equal fields, and none of what belongs to one connection', async () => {
    const users = await upstream((_req, res) => {
      res.writeHead(204, {
        'x-several': ['a', 'b'],
        connection: 'keep-alive, x-secret',
        'x-secret': '1',
        'keep-alive': 'timeout=99',
        'proxy-authenticate': 'Basic',
      });
      res.end();
    });
    const url = new URL(await gateway({ 'user-service': [users.url] }));
    const request = http.request({ host: url.hostname, port: url.port, path: '/sessions', method: 'DELETE' }).end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['x-several']).toBe('a, b');
    for (const name of ['x-secret', 'proxy-authenticate']) expect(answer.headers).not.toHaveProperty(name);
    expect(answer.headers['keep-alive']).not.toBe('timeout=99');
    answer.resume();
  });

  test('an answer that breaks off breaks off', async () => {
    const products = await upstream((_req, res) => {
      res.setHeader('content-length', '1000');
      res.write('half');
      setImmediate(() => res.destroy());
    });
    const url = await gateway({ 'product-service': [products.url] });
    const answer = await fetch(`${url}/products`);
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('access', () => {
  test.each([
    ['POST', '/users', 200],
    ['POST', '/sessions', 200],
    ['POST', '/sessions/refresh', 200],
    ['DELETE', '/sessions', 200],
    ['POST', '/oauth/token', 200],
    ['GET', '/.well-known/jwks.json', 200],
    ['GET', '/products', 200],
    ['HEAD', '/products/1', 200],
    ['GET', '/categories', 200],
    ['GET', '/inventory/1', 200],
    ['POST', '/deliveries/d1/events', 200],
    ['POST', '/products', 401],
    ['PUT', '/inventory/1', 401],
    ['GET', '/inventory', 401],
    ['GET', '/users', 401],
    ['GET', '/users/1', 401],
    ['GET', '/users/1/validation', 401],
    ['POST', '/orders', 401],
    ['GET', '/orders/1', 401],
    ['GET', '/payments', 401],
    ['GET', '/payments/simulator', 401],
    ['GET', '/deliveries', 401],
    ['GET', '/notifications', 401],
    ['GET', '/nothing', 404],
    ['GET', '/ordersx', 404],
  ])('%s %s without a token: %i', async (method, path, status) => {
    const all = [(await upstream((req, res) => void req.resume().on('end', () => res.end()))).url];
    const services: Upstream[] = [
      'user-service',
      'order-service',
      'inventory-service',
      'payment-service',
      'delivery-service',
      'product-service',
      'notification-service',
    ];
    const url = await gateway(Object.fromEntries(services.map((service) => [service, all])));
    const answer = await fetch(`${url}${path}`, { method });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('a token that is not valid is refused, on public routes too', async () => {
    const products = await upstream(echo);
    const url = await gateway({ 'product-service': [products.url] });
    const sign = (change: (jwt: SignJWT) => SignJWT) =>
      change(
        new SignJWT({ roles: ['customer'] })
          .setProtectedHeader({ alg: 'ES256', kid: keys.current.kid, typ: 'at+jwt' })
          .setIssuedAt()
          .setSubject('1')
          .setIssuer(issuer)
          .setAudience(audience)
          .setExpirationTime('5m'),
      ).sign(keys.current.privateKey);
    const bad = [
      'not.a.token',
      `${token}x`,
      await sign((jwt) => jwt.setIssuer('https://somebody.else')),
      await sign((jwt) => jwt.setAudience('other')),
      await sign((jwt) => jwt.setExpirationTime('-1m')),
    ];
    for (const authorization of [...bad.map((text) => `Bearer ${text}`), 'Basic eDp5']) {
      const answer = await fetch(`${url}/products`, { headers: { authorization } });
      expect(answer.status, authorization).toBe(401);
      expect(answer.headers.get('content-type')).toMatch(/application\/problem\+json/);
    }
    const good = await sign((jwt) => jwt);
    expect((await fetch(`${url}/products`, { headers: { authorization: `Bearer ${good}` } })).status).toBe(200);
  });

  test("a client's Basic credentials pass to the token endpoint unread", async () => {
    const users = await upstream(echo);
    const url = await gateway({ 'user-service': [users.url] });
    const seen = (await (
      await fetch(`${url}/oauth/token`, {
        method: 'POST',
        headers: { authorization: 'Basic eDp5' },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
    ).json()) as Echo;
    expect(seen).toMatchObject({ body: 'grant_type=client_credentials', headers: { authorization: 'Basic eDp5' } });
  });
});

describe('bodies over 100 kB', () => {
  test('are refused by their length, before the service hears of them', async () => {
    let heard = false;
    const orders = await upstream((_req, res) => {
      heard = true;
      res.end();
    });
    const url = await gateway({ 'order-service': [orders.url] });
    const answer = await fetch(`${url}/orders`, { method: 'POST', headers: withToken, body: 'x'.repeat(102_401) });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'payload-too-large', status: 413 });
    expect(heard).toBe(false);
  });

  test('are refused in the middle when the length was not told', async () => {
    let aborted = false;
    const orders = await upstream((req) => void req.resume().on('aborted', () => (aborted = true)));
    const url = await gateway({ 'order-service': [orders.url] });
    const body = Readable.from(Array.from({ length: 110 }, () => Buffer.alloc(1024)));
    const answer = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: withToken,
      body,
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
    await waitFor('the service hears no more', () => aborted);
  });

  test('and one of 100 kB passes', async () => {
    const orders = await upstream(echo);
    const url = await gateway({ 'order-service': [orders.url] });
    const answer = await fetch(`${url}/orders`, { method: 'POST', headers: withToken, body: 'x'.repeat(102_400) });
    expect(((await answer.json()) as Echo).body).toHaveLength(102_400);
  });
});

describe('instances', () => {
  test('take turns', async () => {
    const servers = await Promise.all(['a', 'b', 'c'].map((name) => upstream((_req, res) => void res.end(name))));
    const url = await gateway({ 'product-service': servers.map((server) => server.url) });
    const answers: string[] = [];
    for (let i = 0; i < 6; i++) answers.push(await (await fetch(`${url}/products`)).text());
    expect(answers.join('')).toBe('abcabc');
  });

  test('one that is gone is left out, and the request it would have got goes to another, with its body', async () => {
    const alive = await upstream(echo);
    const url = await gateway({ 'order-service': [await deadUrl(), alive.url] });
    for (let i = 0; i < 4; i++) {
      const body = `body ${String(i)}`;
      const answer = await fetch(`${url}/orders/1/retry`, { method: 'POST', headers: withToken, body });
      expect(answer.status).toBe(200);
      expect(((await answer.json()) as Echo).body).toBe(body);
    }
  });

  /** Breaks off before it answers, the more the worse: counts what it has heard. */
  async function broken(): Promise<{ url: string; heard: () => number }> {
    let heard = 0;
    const server = await upstream((req) => {
      heard += 1;
      req.resume().on('end', () => req.socket.destroy());
    });
    return { url: server.url, heard: () => heard };
  }

  test.each([
    ['GET', '/orders/1', undefined],
    ['HEAD', '/orders/1', undefined],
    ['PUT', '/inventory/1', undefined],
    ['DELETE', '/sessions', undefined],
    ['POST', '/orders', 'a-key'],
  ])('%s %s goes to another when one breaks off: it does no harm twice', async (method, path, key) => {
    const one = await broken();
    const urls = [one.url, (await upstream(echo)).url];
    const url = await gateway({ 'order-service': urls, 'inventory-service': urls, 'user-service': urls });
    const body = method === 'PUT' || method === 'POST' ? '{"a":1}' : undefined;
    const send = () =>
      fetch(`${url}${path}`, {
        method,
        headers: { ...withToken, ...(key === undefined ? {} : { 'idempotency-key': key }) },
        ...(body === undefined ? {} : { body }),
      });
    const answers = [await send(), await send(), await send()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    if (method !== 'HEAD') expect(((await answers[0]!.json()) as Echo).body).toBe(body ?? '');
    // After that it has no turns.
    expect(one.heard()).toBe(1);
  });

  test.each([
    ['POST', '/orders', {}],
    ['POST', '/orders/1/cancel', { 'idempotency-key': 'a-key' }],
    ['POST', '/users', { 'idempotency-key': 'a-key' }],
    ['PUT', '/inventory/1', { 'if-match': '"3"' }],
  ])(
    '%s %s %o that may have been heard is not sent again, and the caller is told so',
    async (method, path, headers) => {
      const servers = [await broken(), await broken()];
      const urls = servers.map((server) => server.url);
      const url = await gateway({ 'order-service': urls, 'user-service': urls, 'inventory-service': urls });
      const answer = await fetch(`${url}${path}`, { method, headers: { ...withToken, ...headers }, body: '{}' });
      expect(answer.status).toBe(502);
      expect(await answer.json()).toMatchObject({ code: 'answer-lost', status: 502 });
      expect(servers.map((server) => server.heard())).toEqual([1, 0]);
    },
  );

  test('a kept connection that was closed meanwhile: a read is asked again of the same address', async () => {
    let heard = 0;
    const only = await upstream((req, res) => {
      heard += 1;
      if (heard % 2 === 0) req.socket.destroy();
      else res.end('fine');
    });
    const url = await gateway({ 'product-service': [only.url], 'order-service': [only.url] });
    for (const expected of [1, 3, 5]) {
      expect(await (await fetch(`${url}/products`)).text()).toBe('fine');
      expect(heard).toBe(expected);
    }
    expect((await fetch(`${url}/orders`, { method: 'POST', headers: withToken, body: '{}' })).status).toBe(502);
  });

  test('a read that one answers with 503 goes to another; a write is answered so', async () => {
    let asked = 0;
    const unwell: RequestListener = (_req, res) => {
      asked += 1;
      res.statusCode = 503;
      res.end('unwell');
    };
    const one = await upstream(unwell);
    const url = await gateway({ 'product-service': [one.url, (await upstream(echo)).url] });
    for (let i = 0; i < 4; i++) expect((await fetch(`${url}/products`)).status).toBe(200);
    expect(asked).toBe(1);

    const both = [one.url, (await upstream(unwell)).url];
    const allUnwell = await gateway({ 'product-service': both, 'order-service': both });
    asked = 0;
    // Both are asked once; after that it is known that neither is well.
    for (const expected of [2, 3]) {
      const read = await fetch(`${allUnwell}/products`);
      expect([read.status, await read.text(), asked]).toEqual([503, 'unwell', expected]);
    }
    const write = await fetch(`${allUnwell}/orders`, {
      method: 'POST',
      headers: { ...withToken, 'idempotency-key': 'k' },
      body: '{}',
    });
    expect([write.status, await write.text(), asked]).toEqual([503, 'unwell', 4]);
  });

  test('one that hangs in the middle of a 503: a read goes to another all the same', async () => {
    let left = false;
    const stuck = await upstream((_req, res) => {
      res.writeHead(503).write('unw');
      res.on('close', () => (left = true));
    });
    const url = await gateway({ 'product-service': [stuck.url, (await upstream(echo)).url] });
    expect((await fetch(`${url}/products`)).status).toBe(200);
    await waitFor('the one that hangs is let go', () => left);
  });

  test('one that hangs in the middle of an answer: it breaks off in the end', async () => {
    const stuck = await upstream((_req, res) => void res.writeHead(200).write('half'));
    const agent = createAgent({ bodyTimeout: 200 });
    const forward = forwardTo({
      service: 'x',
      urls: [stuck.url],
      agent,
      timeoutMs: 5000,
      streams: createPassingStreams(),
      logger,
    });
    const { url } = await upstream(express().use(forward));
    await expect((await fetch(url)).text()).rejects.toThrow();
    await agent.close();
  });

  test('one that hangs: a read goes to another, and the next ones do not wait for it', async () => {
    let heard = 0;
    const silent = await upstream(() => void (heard += 1));
    const urls = [silent.url, (await upstream(echo)).url];
    const url = await gateway({ 'order-service': urls }, { timeoutMs: 300 });
    for (let i = 0; i < 4; i++) expect((await fetch(`${url}/orders/1`, { headers: withToken })).status).toBe(200);
    expect(heard).toBe(1);

    // A write may still be under way there, so it is not sent to another.
    const other = await gateway({ 'order-service': urls }, { timeoutMs: 300 });
    const send = () =>
      fetch(`${other}/orders`, { method: 'POST', headers: { ...withToken, 'idempotency-key': 'k' }, body: '{}' });
    expect([(await send()).status, (await send()).status, (await send()).status]).toEqual([504, 200, 200]);
  });

  test('one that is slow at first, beside one that is gone: a read is answered late', async () => {
    let heard = 0;
    const slow = await upstream((_req, res) => {
      if (++heard > 1) res.end('late');
    });
    const url = await gateway({ 'product-service': [slow.url, await deadUrl()] }, { timeoutMs: 300 });
    expect(await (await fetch(`${url}/products`)).text()).toBe('late');
  });

  test('a caller who takes long to send is not taken for an instance that hangs', async () => {
    const orders = await upstream(echo);
    const url = new URL(await gateway({ 'order-service': [orders.url] }, { timeoutMs: 500 }));
    const headers = { ...withToken, 'transfer-encoding': 'chunked' };
    const request = http.request({ host: url.hostname, port: url.port, path: '/orders', method: 'POST', headers });
    request.write('slow');
    setTimeout(() => request.end('ly'), 1200);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    expect((JSON.parse(await readAll(answer)) as Echo).body).toBe('slowly');
  });

  test('none there: 503 that names the service', async () => {
    const url = await gateway({ 'product-service': [await deadUrl(), await deadUrl()] });
    const answer = await fetch(`${url}/products`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.headers.get('content-type')).toMatch(/application\/problem\+json/);
    expect(await answer.json()).toMatchObject({
      code: 'service-unavailable',
      detail: expect.stringContaining('product-service') as string,
    });
  });

  test('a silent one, alone: 504 in bounded time, and it is asked once', async () => {
    let heard = 0;
    const silent = await upstream(() => void (heard += 1));
    const url = await gateway({ 'product-service': [silent.url] }, { timeoutMs: 100 });
    const answer = await fetch(`${url}/products`);
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ code: 'service-timeout' });
    expect(heard).toBe(1);
  });
});

test('/docs is there with all that it loads, and loads nothing from elsewhere', async () => {
  const url = await gateway({});
  const page = await fetch(`${url}/docs`);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';script-src 'self';/);
  const loaded = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, file]) => new URL(String(file), page.url),
  );
  expect(loaded.length).toBeGreaterThan(3);
  for (const file of [...loaded, new URL('/openapi.json', url)]) {
    expect(file.origin).toBe(url);
    expect((await fetch(file)).status, file.href).toBe(200);
  }
});

test.each([
  ['GET', '/docs/nothing', 404],
  ['DELETE', '/docs', 405],
  ['DELETE', '/docs/', 405],
  ['POST', '/docs/swagger-ui.css', 405],
  ['DELETE', '/openapi.json', 405],
  ['OPTIONS', '/openapi.json', 204],
])('of the documents, %s %s is %i', async (method, path, status) => {
  const answer = await fetch(`${await gateway({})}${path}`, { method });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('allow')).toBe(status === 404 ? null : 'GET, HEAD, OPTIONS');
});

test('health is its own, and metrics are not shown where anybody comes in', async () => {
  const url = await gateway({});
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
});

afterAll(() => absentRedis.disconnect());

test('the type of a problem leads to what it means and what to do', async () => {
  const url = await gateway({});
  const { type } = (await (await fetch(`${url}/problems/of-nothing`)).json()) as { type: string };
  const answer = await fetch(`${url}${type}`);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({ code: 'not-found', status: 404, advice: expect.stringContaining('id') as unknown }),
  ]);
});

describe('the shop', () => {
  const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  let shop: string;
  beforeAll(() => {
    shop = mkdtempSync(path.join(tmpdir(), 'shop-'));
    mkdirSync(path.join(shop, 'assets'));
    writeFileSync(path.join(shop, 'index.html'), '<!doctype html>the shop');
    writeFileSync(path.join(shop, 'assets', 'main-1.js'), 'as it is');
    writeFileSync(path.join(shop, 'assets', 'main-1.js.br'), 'packed');
    return () => rmSync(shop, { recursive: true });
  });

  test.each(['/', '/shop', '/shop/orders/ord_1', '/desk', '/desk/orders/ord_1'])(
    '%s is a page for browsers, and JSON for everybody else',
    async (at) => {
      const url = await gateway({}, { shop });
      const shown = await fetch(`${url}${at}`, { headers: page });
      expect([shown.status, await shown.text()]).toEqual([200, '<!doctype html>the shop']);
      expect(shown.headers.get('content-type')).toMatch('text/html');
      expect(shown.headers.get('cache-control')).toBe('no-cache');
      expect(shown.headers.get('vary')).toMatch('Accept');
      const policy = shown.headers.get('content-security-policy');
      expect(policy).toMatch("default-src 'none';script-src 'self';style-src 'self'");
      expect(policy).not.toMatch('unsafe');
      for (const accept of ['*/*', 'application/json', 'application/json, text/html']) {
        const answer = await fetch(`${url}${at}`, { headers: { accept } });
        expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not-found' }]);
        expect(answer.headers.get('content-security-policy')).not.toBe(policy);
      }
      expect((await fetch(`${url}${at}`, { method: 'POST', headers: page })).status).toBe(404);
    },
  );

  test('its files are kept for ever, and come packed where that is understood', async () => {
    const url = `${await gateway({}, { shop })}/shop/assets/main-1.js`;
    const ask = (encoding: string) =>
      new Promise<IncomingMessage>((resolve) => http.get(url, { headers: { 'accept-encoding': encoding } }, resolve));
    const packed = await ask('br');
    expect([packed.headers['content-encoding'], await readAll(packed)]).toEqual(['br', 'packed']);
    expect(packed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(await readAll(await ask('identity'))).toBe('as it is');
    for (const [other, status] of [
      ['other', 404],
      ['%E0%A4%A', 400],
    ] as const) {
      const answer = await fetch(url.replace('main-1', other), { headers: page });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        status,
        expect.stringMatching('problem\\+json') as unknown,
      ]);
      expect(answer.headers.get('ratelimit')).toBeNull();
    }
  });

  test('what is none of its pages is the API’s, also for browsers', async () => {
    const url = await gateway({}, { shop });
    for (const other of ['/nothing', '/shopping', '/orders/1'])
      expect((await fetch(`${url}${other}`, { headers: page })).headers.get('content-type')).toMatch('problem+json');
  });
});
