import { generateKeyPairSync, randomInt, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { createRedis } from '../../platform/redis.js';
import { createAccessTokens } from '../../services/user/access-tokens.js';
import { createSigningKeys } from '../../services/user/signing-keys.js';
import { server } from '../../tests/support/servers.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createAuthenticator } from '../http/auth.js';
import { listen } from '../../platform/listen.js';
import type { Listening } from '../../platform/listen.js';
import { createGatewayApp } from './service.js';

const logger = createLogger({ service: 'gateway', level: 'fatal' });
const issuer = 'http://holdfast.test';
const audience = 'holdfast';
// Addresses of this test alone: the counters are everybody's.
const network = `10.${String(randomInt(256))}.${String(randomInt(256))}`;
const address = (last: number) => `${network}.${String(last)}`;

const redis = createRedis({ url: server('REDIS_URL'), logger });
let upstream: Listening;
let gateways: Listening[];
let openGateway: (counters: Redis) => Promise<Listening>;
let nextAddress = 10;
let tokenOf: (userId: number) => Promise<string>;

beforeAll(async () => {
  await waitFor('Redis', () => redis.status === 'ready');
  const keys = await createSigningKeys([generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey]);
  const tokens = createAccessTokens({ keys, issuer, audience });
  tokenOf = (id) =>
    tokens.forUser(
      {
        id,
        roles: ['customer'],
        name: 'x',
        email: 'x@example.com',
        phone: null,
        address: null,
        disabled: false,
        createdAt: '',
        updatedAt: '',
      },
      randomUUID(),
    );
  upstream = await listen(
    (req, res) => {
      req.resume();
      if (req.url?.endsWith('?counted')) res.setHeader('ratelimit', '"log-ins"; r=1');
      res.end();
    },
    { host: '127.0.0.1', port: 0 },
  );
  const urls = [upstream.url];
  openGateway = (counters) =>
    listen(
      createGatewayApp({
        service: 'gateway',
        logger,
        auth: createAuthenticator({
          issuer,
          audience,
          jwksUrls: [`data:application/json,${encodeURIComponent(JSON.stringify(keys.publicKeys))}`],
        }),
        upstreams: {
          'user-service': urls,
          'order-service': urls,
          'inventory-service': urls,
          'payment-service': urls,
          'delivery-service': urls,
          'product-service': urls,
          'notification-service': urls,
        },
        timeoutMs: 5000,
        trustedProxies: 1,
        rates: { redis: counters, limits: { requests: 20, orders: 3 } },
      }),
      { host: '127.0.0.1', port: 0 },
    );
  gateways = [await openGateway(redis), await openGateway(redis)];
});

afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
  await upstream.close();
  redis.disconnect();
});

let turn = 0;
const send = (path: string, init: RequestInit = {}) => fetch(`${gateways[turn++ % 2]!.url}${path}`, init);

const userId = () => 1_000_000 + Math.floor(Math.random() * 1_000_000_000);

test('orders of a user, over all gateways: 429 says when to come again', async () => {
  const authorization = `Bearer ${await tokenOf(userId())}`;
  const post = () => send('/orders', { method: 'POST', headers: { authorization }, body: '{}' });
  for (let i = 0; i < 3; i++) expect((await post()).status).toBe(200);
  const refused = await post();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  expect(refused.headers.get('ratelimit')).toMatch(/"orders"; r=0; t=\d+/);
  expect(refused.headers.get('ratelimit-policy')).toMatch(/"requests"; q=20; w=60.*"orders"; q=3; w=60/);
  expect(refused.headers.get('content-type')).toMatch(/application\/problem\+json/);
  expect(await refused.json()).toMatchObject({ code: 'too-many-requests', status: 429 });
  // Other requests of the same user, and other users' orders, go on.
  expect((await send('/orders', { headers: { authorization } })).status).toBe(200);
  const other = await send('/orders', {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenOf(userId())}` },
  });
  expect(other.status).toBe(200);
});

test('requests of a user, and of an address without a token', async () => {
  const callers: Record<string, string>[] = [
    { authorization: `Bearer ${await tokenOf(userId())}` },
    { 'x-forwarded-for': address(1) },
  ];
  for (const headers of callers) {
    for (let left = 19; left >= 0; left--) {
      const answer = await send('/products', { headers });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^"requests"; r=${String(left)}; t=\\d+$`));
      expect(answer.headers.get('ratelimit-policy')).toMatch(/^"requests"; q=20; w=60/);
    }
    expect((await send('/products', { headers })).status).toBe(429);
  }
});

test.each([
  ['a token that is tried', '/orders', { authorization: 'Bearer a.b.c' }, 401],
  ['no token where one is needed', '/orders', {}, 401],
  ['the document', '/openapi.json', {}, 200],
  ['the page of it', '/docs/', {}, 200],
  ['what is nowhere', '/admin.php', {}, 404],
])('%s counts for the address', async (_what, path, headers, status) => {
  const from = { ...headers, 'x-forwarded-for': address(nextAddress++) };
  for (let i = 0; i < 20; i++) expect((await send(path, { headers: from })).status).toBe(status);
  expect((await send(path, { headers: from })).status).toBe(429);
  expect((await send('/products', { headers: { 'x-forwarded-for': from['x-forwarded-for'] } })).status).toBe(429);
});

test('without Redis each gateway counts for itself', async () => {
  const away = createRedis({ url: 'redis://127.0.0.1:1', logger });
  const alone = await openGateway(away);
  const ask = () => fetch(`${alone.url}/products`, { headers: { 'x-forwarded-for': address(5) } });
  for (let i = 0; i < 20; i++) expect((await ask()).status).toBe(200);
  expect((await ask()).status).toBe(429);
  await alone.close();
  away.disconnect();
});

test('what the service counts is said beside what the gateway counts', async () => {
  const { headers } = await send('/products?counted', { headers: { 'x-forwarded-for': address(6) } });
  expect(headers.get('ratelimit')).toMatch(/"requests".*"log-ins"; r=1/);
});

test('a Redis that has forgotten the script is given it again', async () => {
  await redis.script('FLUSH');
  expect((await send('/products', { headers: { 'x-forwarded-for': address(4) } })).headers.get('ratelimit')).toMatch(
    /r=19/,
  );
});
