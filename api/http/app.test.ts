import { gzipSync } from 'node:zlib';
import express from 'express';
import request from 'supertest';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createPool, prismaAdapter } from '../../platform/database/pool.js';
import { userOperations } from '../../contracts/http/users.js';
import { createLogger } from '../../platform/logger.js';
import { PrismaClient } from '../../services/product/prisma/generated/client.js';
import { freePort } from '../../tests/support/app.js';
import { createHttpApp } from './app.js';
import { conflict, serviceUnavailable } from './problem.js';
import { parseBody } from './validate.js';

const bodySchema = z.strictObject({
  quantity: z.int().min(1),
  address: z.strictObject({ city: z.string() }).optional(),
});

function testApp() {
  const lines: string[] = [];
  const logger = createLogger({ service: 'some-service', level: 'debug' }, { write: (line) => lines.push(line) });
  const router = express.Router();
  router.post('/things', (req, res) => void res.status(201).json(parseBody(bodySchema, req)));
  router.get('/conflict', () => {
    throw conflict('insufficient-stock', 'Not enough.', { productId: 1, available: 0 });
  });
  router.get('/of/:owner', (req, res) => void res.json(req.params.owner));
  router.get('/broken', async () => {
    await Promise.reject(new Error('SELECT secret FROM users'));
  });
  router.get('/away', () => {
    throw serviceUnavailable('pricing-unavailable', 'No prices.', 5, new Error('nobody listens'));
  });
  router.get('/stored', async (_req, res) => {
    const url = `postgresql://a:b@127.0.0.1:${String(await freePort())}/away`;
    const pool = createPool({ url, size: 1, service: 'some-service', logger });
    res.json(await new PrismaClient({ adapter: prismaAdapter(pool) }).product.findMany());
  });
  router.get('/begun', async (_req, res) => {
    res.write('once upon a time');
    await Promise.reject(new Error('SELECT secret FROM users'));
  });
  router.get('/limited', () => {
    throw Object.assign(new Error('internal words'), { status: 429, headers: { 'Retry-After': '7' } });
  });
  let ready = false;
  const readiness = {
    database: () => {
      if (!ready) throw new Error('not connected');
    },
  };
  const app = createHttpApp({ service: 'some-service', logger, readiness, routers: [router] });
  return { app, lines, becomeReady: () => (ready = true) };
}

test('names each field that is wrong or unknown', async () => {
  const { app } = testApp();
  const { status, body, type } = await request(app)
    .post('/things')
    .send({ quantity: 0, price: 1, address: { city: 'Seoul', zip: '1' } });
  expect(status).toBe(400);
  expect(type).toBe('application/problem+json');
  expect(body).toMatchObject({ type: '/problems/bad-request', title: 'Bad request', status: 400, code: 'bad-request' });
  const { errors, traceId } = body as { errors: { path: string; message: string }[]; traceId: unknown };
  expect(errors.map(({ path }) => path).sort()).toEqual(['address.zip', 'price', 'quantity']);
  expect(typeof traceId).toBe('string');
});

test('a body that is missing, no JSON, no object or too large is told apart from a good one', async () => {
  const { app } = testApp();
  const post = (body: string) => request(app).post('/things').set('Content-Type', 'application/json').send(body);
  expect((await post('{"quantity":1}')).status).toBe(201);
  expect((await request(app).post('/things')).status).toBe(400);
  expect((await post('{')).status).toBe(400);
  expect((await post('[]')).status).toBe(400);
  expect((await post('null')).status).toBe(400);
  const large = await post(JSON.stringify({ quantity: 1, note: 'x'.repeat(101 * 1024) }));
  expect(large.status).toBe(413);
  expect(large.type).toBe('application/problem+json');
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', ''])(
  'a body that says to be "%s" is a 415, not one without fields',
  async (type) => {
    const post = request(testApp().app).post('/things').set('Content-Type', type);
    const answer = await post.serialize((body: unknown) => String(body)).send('{"quantity":1}');
    expect([answer.status, answer.type]).toEqual([415, 'application/problem+json']);
    expect(answer.body).toMatchObject({ code: 'unsupported-media-type' });
  },
);

test.each<[string, Buffer, Record<string, string>]>([
  ['UTF-16', Buffer.from('{"quantity":1}', 'utf16le'), { 'Content-Type': 'application/json; charset=utf-16' }],
  ['gzip', gzipSync('{"quantity":1}'), { 'Content-Encoding': 'gzip' }],
  ['a byte order mark', Buffer.from('\ufeff{"quantity":1}'), {}],
  ['bytes that are no text', Buffer.from('{"quantity":1,"x":"\xff"}', 'latin1'), {}],
])('a body in %s is a 415: whoever looks on the way reads the same as we do', async (_what, bytes, headers) => {
  const post = request(testApp().app)
    .post('/things')
    .set({ 'Content-Type': 'application/json', ...headers });
  const answer = await post.serialize((body: unknown) => body as string).send(bytes);
  expect([answer.status, answer.type]).toEqual([415, 'application/problem+json']);
});

test('a body that is nested as deep as it can be is refused like any other', async () => {
  const post = (body: string) =>
    request(testApp().app).post('/things').set('Content-Type', 'application/json').send(body);
  const deep = `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`;
  expect((await post(deep)).body).toMatchObject({ status: 400, errors: [{ path: 'quantity' }, { path: 'a' }] });
  const list = `{"quantity":${'['.repeat(40_000)}${']'.repeat(40_000)}}`;
  expect((await post(list)).body).toMatchObject({ status: 400, errors: [{ path: 'quantity' }] });
  const proto = await post('{"quantity":1,"__proto__":{"admin":true}}');
  expect(proto.body).toMatchObject({ status: 400, errors: [{ path: '__proto__' }] });
});

test('a path that can not be decoded, and a method that is not there, are problems too', async () => {
  const undecodable = await request(testApp().app).get('/of/%E0%A4%A');
  expect([undecodable.status, undecodable.type]).toEqual([400, 'application/problem+json']);
  const method = await request(testApp().app).put('/things').send({});
  expect([method.status, method.type]).toEqual([404, 'application/problem+json']);
});

test('a problem keeps the members of its code', async () => {
  const { status, body } = await request(testApp().app).get('/conflict');
  expect(status).toBe(409);
  expect(body).toMatchObject({ code: 'insufficient-stock', productId: 1, available: 0, title: 'Insufficient stock' });
});

test('says nothing of what went wrong inside, but logs it', async () => {
  const { app, lines } = testApp();
  const { status, text } = await request(app).get('/broken');
  expect(status).toBe(500);
  expect(text).not.toContain('secret');
  expect(lines.join()).toContain('SELECT secret FROM users');
});

test('what somebody else is at fault for is a warning with their reason, and no error', async () => {
  const { app, lines } = testApp();
  expect((await request(app).get('/away')).text).not.toContain('listens');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ level: 'warn', code: 'pricing-unavailable', reason: 'nobody listens' }),
    expect.objectContaining({ level: 'warn', message: 'request answered' }),
  ]);
});

test('says when to try again while the database is away', async () => {
  const { status, headers, body } = await request(testApp().app).get('/stored');
  expect(status).toBe(503);
  expect(headers['retry-after']).toBe('5');
  expect(body).toMatchObject({ code: 'database-unavailable' });
});

test('an answer that had begun is broken off, and why stands in the log and nowhere else', async () => {
  const { app, lines } = testApp();
  // With `test` Express would be silent.
  app.set('env', 'production');
  const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await expect(request(app).get('/begun')).rejects.toThrow();
  await new Promise(setImmediate);
  expect(print.mock.calls).toEqual([]);
  print.mockRestore();
  expect(lines.filter((line) => line.includes('SELECT secret FROM users'))).toHaveLength(1);
});

test("keeps a library's headers and not its words", async () => {
  const { status, headers, text } = await request(testApp().app).get('/limited');
  expect(status).toBe(429);
  expect(headers['retry-after']).toBe('7');
  expect(text).not.toContain('internal words');
});

test('an unknown path is a problem too', async () => {
  const { status, body, headers } = await request(testApp().app).get('/nowhere');
  expect(status).toBe(404);
  expect(body).toMatchObject({ code: 'not-found' });
  expect(headers['x-powered-by']).toBeUndefined();
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('tells alive from ready, and names what is missing; why, the log says once', async () => {
  const { app, lines, becomeReady } = testApp();
  expect((await request(app).get('/healthz')).status).toBe(200);
  const waiting = await request(app).get('/readyz');
  expect(waiting.status).toBe(503);
  expect(waiting.body).toEqual({ status: 'not ready', missing: [{ name: 'database' }] });
  await request(app).get('/readyz');
  expect(lines.filter((line) => line.includes('not connected'))).toHaveLength(1);
  becomeReady();
  expect((await request(app).get('/readyz')).status).toBe(200);
});

test('measures by route, and logs the path without its query', async () => {
  const { app, lines } = testApp();
  await request(app).get('/conflict?q=alice');
  const { text } = await request(app).get('/metrics');
  expect(text).toContain(
    'http_request_duration_seconds_count{service="some-service",method="GET",route="/conflict",status="409"} 1',
  );
  expect(lines.join()).toContain('"path":"/conflict"');
  expect(lines.join()).not.toContain('alice');
});

test('a path that is known tells its methods: 405 for another, whoever asks and whatever they send', async () => {
  const logger = createLogger({ service: 'user-service', level: 'silent' });
  const reached: string[] = [];
  const app = createHttpApp({
    service: 'user-service',
    logger,
    readiness: {},
    operations: Object.values(userOperations),
    routers: [(req, res) => void res.json(reached.push(req.method))],
  });
  const users = await request(app).delete('/users/7').set('content-type', 'application/json').send('{');
  expect([users.status, users.type, users.headers['allow']]).toEqual([
    405,
    'application/problem+json',
    'GET, HEAD, OPTIONS, PATCH',
  ]);
  expect(users.body).toMatchObject({ code: 'method-not-allowed' });
  expect((await request(app).patch('/users/me').send({})).headers['allow']).toBe('GET, HEAD, OPTIONS');
  const options = await request(app).options('/users/7');
  expect([options.status, options.headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS, PATCH']);
  expect(reached).toEqual([]);
  await request(app).get('/users/7');
  await request(app).delete('/orders/7');
  expect(reached).toEqual(['GET', 'DELETE']);
});
