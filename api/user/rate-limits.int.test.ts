import { createHash, generateKeyPairSync, randomInt, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../contracts/http/sessions.js';
import type { User } from '../../contracts/http/users.js';
import { listen } from '../../platform/listen.js';
import type { Listening } from '../../platform/listen.js';
import { createLogger } from '../../platform/logger.js';
import { readPrivateKeys } from '../../services/user/signing-keys.js';
import { createTestDatabase } from '../../tests/support/database.js';
import type { TestDatabase } from '../../tests/support/database.js';
import { baseOf } from '../../tests/support/base.js';
import { server } from '../../tests/support/servers.js';
import { createUserApp, createContext } from './service.js';
import type { UserConfig } from './config.js';

const logger = createLogger({ service: 'user-service', level: 'fatal' });
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
// Addresses of this test alone: the counters are everybody's.
let last = 0;
const network = `10.${String(randomInt(256))}.${String(randomInt(256))}`;
const newAddress = () => `${network}.${String(last++)}`;

let database: TestDatabase;
const opened: { close(): Promise<void> }[] = [];
const instances: Listening[] = [];
let urls: string[];

async function openInstance(redisUrl: string): Promise<string> {
  const base = baseOf<UserConfig>(
    {
      SERVICE_NAME: 'user-service',
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'fatal',
      DATABASE_URL: database.url,
      PRUNE_EVERY: 3_600_000,
      SESSION_ENDS_AFTER: 90 * 86_400_000,
      KAFKA_BROKERS: [],
      REDIS_URL: redisUrl,
      RATE_LIMIT_LOGINS_PER_MINUTE: 2,
      RATE_LIMIT_SIGN_UPS_PER_MINUTE: 2,
      RATE_LIMIT_TOKENS_PER_MINUTE: 3,
      JWT_ISSUER: 'http://holdfast.test',
      JWT_AUDIENCE: 'holdfast',
      JWT_PRIVATE_KEY: readPrivateKeys(String(pem)),
      OAUTH_CLIENTS: [
        { clientId: 'shop', secretHash: createHash('sha256').update('secret').digest('hex'), roles: ['service'] },
      ],
    },
    logger,
  );
  opened.push(base);
  const app = createUserApp(await createContext(base));
  const instance = await listen(app, { host: '127.0.0.1', port: 0 });
  instances.push(instance);
  return instance.url;
}

beforeAll(async () => {
  database = await createTestDatabase('services/user/prisma/migrations');
  urls = [await openInstance(server('REDIS_URL')), await openInstance(server('REDIS_URL'))];
});
afterAll(async () => {
  for (const instance of instances) await instance.close();
  for (const base of opened) await base.close();
  await database.drop();
});

let turn = 0;
/** In turn, at both instances. */
const to = (method: 'post' | 'patch' | 'delete', path: string, from: string, url = urls[turn++ % 2] ?? '') =>
  request(url)[method](path).set('X-Forwarded-For', from);

async function signUp(): Promise<{ user: User; email: string; password: string }> {
  const person = { email: `${randomUUID()}@example.com`, password: 'long enough' };
  const answer = await to('post', '/users', newAddress())
    .send({ ...person, name: 'Someone' })
    .expect(201);
  return { user: answer.body as User, ...person };
}

test('log-ins of an account at an address, however it is written: others go on', async () => {
  const { email, password } = await signUp();
  const from = newAddress();
  const logIn = (account: string, address = from) =>
    to('post', '/sessions', address).send({ email: account, password });
  expect((await logIn(email)).status).toBe(201);
  expect((await logIn(email.toUpperCase())).status).toBe(201);
  const refused = await logIn(email);
  expect(refused.status).toBe(429);
  expect(refused.body).toMatchObject({ code: 'too-many-requests', status: 429 });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await logIn(email, newAddress())).status).toBe(201);
  expect((await logIn(`other-${email}`)).status).toBe(401);
});

test('an account is tried ten times as often from everywhere, and an address for all accounts', async () => {
  const email = `${randomUUID()}@example.com`;
  const from = newAddress();
  const logIn = (account: string, address: string) =>
    to('post', '/sessions', address).send({ email: account, password: 'a guess' });
  for (let i = 0; i < 20; i++) {
    expect((await logIn(email, newAddress())).status).toBe(401);
    expect((await logIn(`${randomUUID()}@example.com`, from)).status).toBe(401);
  }
  expect((await logIn(email, newAddress())).status).toBe(429);
  expect((await logIn(`${randomUUID()}@example.com`, from)).status).toBe(429);
});

test("one's own password is tried as at a log-in", async () => {
  const { user, email, password } = await signUp();
  const from = newAddress();
  const { accessToken } = (await to('post', '/sessions', from).send({ email, password }).expect(201)).body as Session;
  const change = (body: object) =>
    to('patch', `/users/${String(user.id)}`, from)
      .set('Authorization', `Bearer ${accessToken}`)
      .send(body);
  await change({ password: 'another one', currentPassword: 'a guess' }).expect(403);
  await change({ password: 'another one', currentPassword: password }).expect(429);
  await change({ name: 'Other' }).expect(200);
  await to('post', '/sessions', from).send({ email, password }).expect(429);
});

test('sign-ups, and tokens of each kind, of an address', async () => {
  const from = newAddress();
  const body = () => ({ email: `${randomUUID()}@example.com`, password: 'long enough', name: 'Someone' });
  for (const status of [201, 201, 429]) await to('post', '/users', from).send(body()).expect(status);
  const refreshToken = 'none of ours';
  await to('post', '/sessions/refresh', from).send({ refreshToken }).expect(401);
  await to('delete', '/sessions', from).send({ refreshToken }).expect(204);
  const token = { grant_type: 'client_credentials', client_id: 'shop', client_secret: 'secret' };
  await to('post', '/oauth/token', from).type('form').send(token).expect(200);
  await to('post', '/oauth/token', from).type('form').send(token).expect(429);
  await to('post', '/sessions/refresh', from).send({ refreshToken }).expect(429);
  await to('delete', '/sessions', from).send({ refreshToken }).expect(429);
});

test.each<[string, string, (text: string) => Buffer, Record<string, string>]>([
  ['another charset', 'application/json; charset=utf-7', (text) => Buffer.from(text), {}],
  ['UTF-16', 'application/json; charset=utf-16', (text) => Buffer.from(text, 'utf16le'), {}],
  ['gzip', 'application/json', (text) => gzipSync(text), { 'Content-Encoding': 'gzip' }],
  ['a byte order mark', 'application/json', (text) => Buffer.from(`\ufeff${text}`), {}],
  ['what is not UTF-8', 'application/json', (text) => Buffer.from(`${text.slice(0, -1)},"x":"\xff"}`, 'latin1'), {}],
])('a log-in in %s is none', async (_what, type, write, headers) => {
  const { email, password } = await signUp();
  const answer = await to('post', '/sessions', newAddress())
    .set({ ...headers, 'Content-Type': type })
    .serialize((body) => body as unknown as string)
    .send(write(JSON.stringify({ email, password })));
  expect(answer.status).toBe(415);
  expect(answer.body).toMatchObject({ code: 'unsupported-media-type' });
});

test('without Redis each instance counts for itself', async () => {
  const { email, password } = await signUp();
  const alone = await openInstance('redis://127.0.0.1:1');
  const from = newAddress();
  for (const status of [201, 201, 429])
    await to('post', '/sessions', from, alone).send({ email, password }).expect(status);
});
