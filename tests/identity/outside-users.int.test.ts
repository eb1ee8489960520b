import { PrismaClient } from '../../services/user/prisma/generated/client.js';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { JWTPayload } from 'jose';
import { SignJWT, decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGatewayApp } from '../../api/gateway/service.js';
import { authSettingsFrom, createAuthenticator } from '../../api/http/auth.js';
import { createPaymentApp } from '../../api/payment/service.js';
import { createUserApp, createContext, type UserContext } from '../../api/user/service.js';
import type { UserConfig } from '../../api/user/config.js';
import type { Page } from '../../contracts/http/common.js';
import type { Payment } from '../../contracts/http/payments.js';
import type { Session } from '../../contracts/http/sessions.js';
import type { User } from '../../contracts/http/users.js';
import { listen } from '../../platform/listen.js';
import type { Listening } from '../../platform/listen.js';
import { createLogger } from '../../platform/logger.js';
import { clientOn, createPool } from '../../platform/database/pool.js';
import { createRedis } from '../../platform/redis.js';
import { chargeOrder } from '../../services/payment/charge-order.js';
import { createEventInbox } from '../../services/payment/event-inbox.js';
import { createPaymentReader } from '../../services/payment/payment-reader.js';
import { openPayments } from '../../services/payment/testing/open-payments.js';
import { seedUsers } from '../../services/user/seed-users.js';
import { readPrivateKeys } from '../../services/user/signing-keys.js';
import { Api } from '../support/api.js';
import { baseOf } from '../support/base.js';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { startOidcProvider } from '../support/oidc-provider.js';
import type { OidcProvider } from '../support/oidc-provider.js';
import { server } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';

const logger = createLogger({ service: 'test', level: 'fatal' });
const own = { JWT_ISSUER: 'http://holdfast.test', JWT_AUDIENCE: 'holdfast' };

let provider: OidcProvider;
let database: TestDatabase;
let context: UserContext;
let closeContext: () => Promise<void>;
let payments: Awaited<ReturnType<typeof openPayments>>;
let userService: Listening;
let paymentService: Listening;
let gateway: Listening;

const settings = () => ({ ...own, OIDC_ISSUER: provider.issuer, USER_SERVICE_URL: [userService.url] });

function openPaymentService(auth = createAuthenticator(authSettingsFrom(settings(), logger))): Promise<Listening> {
  const reader = createPaymentReader(payments.prisma);
  const app = createPaymentApp({
    logger,
    payments: reader,
    events: undefined,
    inbox: createEventInbox(payments.prisma),
    simulator: undefined,
    auth,
    readiness: {},
  });
  return listen(app, { host: '127.0.0.1', port: 0 });
}

async function openUserService(port = 0): Promise<Listening> {
  return listen(createUserApp(context), { host: '127.0.0.1', port });
}

beforeAll(async () => {
  provider = await startOidcProvider();
  database = await createTestDatabase('services/user/prisma/migrations');
  const prisma = clientOn(createPool({ url: database.url, size: 1, service: 'seed', logger }), PrismaClient);
  await seedUsers(prisma);
  await prisma.$disconnect();
  payments = await openPayments();
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const base = baseOf<UserConfig>(
    {
      ...own,
      OIDC_ISSUER: provider.issuer,
      SERVICE_NAME: 'user-service',
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'fatal',
      KAFKA_BROKERS: [],
      REDIS_URL: server('REDIS_URL'),
      RATE_LIMIT_LOGINS_PER_MINUTE: 1_000_000,
      RATE_LIMIT_SIGN_UPS_PER_MINUTE: 1_000_000,
      RATE_LIMIT_TOKENS_PER_MINUTE: 1_000_000,
      DATABASE_URL: database.url,
      PRUNE_EVERY: 3_600_000,
      SESSION_ENDS_AFTER: 90 * 86_400_000,
      JWT_PRIVATE_KEY: readPrivateKeys(String(pem)),
      OAUTH_CLIENTS: [],
    },
    logger,
  );
  closeContext = base.close;
  context = await createContext(base);
  userService = await openUserService();
  paymentService = await openPaymentService();
  const nowhere = ['http://127.0.0.1:1'];
  const app = createGatewayApp({
    service: 'gateway',
    logger,
    auth: createAuthenticator(authSettingsFrom(settings(), logger)),
    upstreams: {
      'user-service': [userService.url],
      'payment-service': [paymentService.url],
      'order-service': nowhere,
      'inventory-service': nowhere,
      'delivery-service': nowhere,
      'product-service': nowhere,
      'notification-service': nowhere,
    },
    timeoutMs: 5000,
    trustedProxies: 0,
    rates: {
      redis: createRedis({ url: 'redis://127.0.0.1:1', logger }),
      limits: { requests: 1_000_000, orders: 1_000_000 },
    },
  });
  gateway = await listen(app, { host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await gateway.close();
  await paymentService.close();
  await userService.close();
  await closeContext();
  await payments.close();
  await database.drop();
  await provider.close();
});

/** A person whom the provider knows from now on, at the gateway. */
async function arrive(person: Record<string, unknown> = {}, subject: string = randomUUID()) {
  provider.people.set(subject, { email: `${subject}@outside.example`, email_verified: true, name: 'Carol', ...person });
  const token = await provider.logIn(subject);
  return { subject, token, api: new Api(gateway.url, token) };
}

const userOf = async (api: Api): Promise<User> => {
  const { status, body } = await api.get<User>('/users/me');
  expect(status).toBe(200);
  return body;
};

async function chargedOrder(userId: number): Promise<string> {
  const orderId = randomUUID();
  await chargeOrder(payments, { orderId, userId, amount: 1_000, currency: 'KRW', method: 'card_ok' });
  return orderId;
}

const ordersPaidBy = async (api: Api) =>
  (await api.get<Page<Payment>>('/payments')).body.items.map(({ orderId }) => orderId);

describe('a user of an outside provider', () => {
  test('gets a user of ours when first seen, and has it in every service', async () => {
    const carol = await arrive();
    const user = await userOf(carol.api);
    expect(user).toMatchObject({
      email: `${carol.subject}@outside.example`,
      name: 'Carol',
      roles: ['customer'],
      disabled: false,
    });
    expect(user.id).toBeGreaterThan(3);
    const orderId = await chargedOrder(user.id);
    expect(await ordersPaidBy(carol.api)).toEqual([orderId]);
    // With the same checks at the service's own port.
    expect(await ordersPaidBy(new Api(paymentService.url, carol.token))).toEqual([orderId]);
    expect((await carol.api.get<User>(`/users/${String(user.id)}`)).body).toEqual(user);

    const dave = await arrive();
    expect(await ordersPaidBy(dave.api)).toEqual([]);
    expect((await dave.api.get(`/users/${String(user.id)}`)).status).toBe(403);
    const another = await provider.logIn(carol.subject);
    expect((await userOf(new Api(gateway.url, another))).id).toBe(user.id);
  });

  test('is one user, however many requests come at once', async () => {
    const subject = randomUUID();
    provider.people.set(subject, { email: `${subject}@outside.example`, email_verified: 'true' });
    const tokens = await Promise.all(Array.from({ length: 10 }, () => provider.logIn(subject)));
    const users = await Promise.all(tokens.map((token) => userOf(new Api(userService.url, token))));
    expect(new Set(users.map(({ id }) => id)).size).toBe(1);
    // Nobody told us a name.
    expect(users[0]?.name).toBe(subject);
  });

  test('has the roles that we gave, whatever the token says', async () => {
    const eve = await arrive({ roles: ['admin', 'service'], role: 'admin' });
    expect((await userOf(eve.api)).roles).toEqual(['customer']);
    expect((await eve.api.get('/users/1')).status).toBe(403);
    expect((await eve.api.get('/users/1/validation')).status).toBe(403);
    expect((await new Api(paymentService.url, eve.token).get('/payments/simulator')).status).toBe(403);
  });

  test('whose subject there is the id of another one here is not that one', async () => {
    const one = await arrive({}, '1');
    expect((await userOf(one.api)).id).toBeGreaterThan(3);
  });

  test.each([
    ['has an e-mail address that the provider does not vouch for', { email_verified: false }, 'email-not-verified'],
    ['has none', { email: undefined }, 'email-not-verified'],
    ['has the address of a user of ours, in whatever case', { email: 'Alice@Example.com' }, 'email-of-another-user'],
  ])('who %s gets none, and is told why in every service', async (_what, person, code) => {
    const mallory = await arrive(person);
    for (const url of [gateway.url, userService.url, paymentService.url]) {
      const { status, body, headers } = await new Api(url, mallory.token).get<{ detail: string }>(
        url === paymentService.url ? '/payments' : '/users/me',
      );
      expect(status).toBe(403);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(body).toMatchObject({ code, detail: expect.stringMatching(/e-?mail/) as string });
    }
  });

  test('stays out once disabled', async () => {
    const carol = await arrive();
    const { id } = await userOf(carol.api);
    expect(await ordersPaidBy(new Api(paymentService.url, carol.token))).toEqual([]);
    const admin = await new Api(gateway.url).logIn('admin@example.com');
    await admin.patch(`/users/${String(id)}`, { disabled: true });
    expect(await carol.api.get('/users/me')).toMatchObject({ status: 403, body: { code: 'user-disabled' } });
    // A service that knew her, and one that has not heard of her yet.
    await waitFor('the service that knew her', async () => {
      const { status, body } = await new Api(paymentService.url, carol.token).get<{ code: string }>('/payments');
      return status === 403 && body.code === 'user-disabled';
    });
    const another = await openPaymentService();
    expect((await new Api(another.url, carol.token).get('/payments')).body).toMatchObject({ code: 'user-disabled' });
    await another.close();
  });
});

describe('a session that ends', () => {
  const signUp = async () => {
    const person = { email: `${randomUUID()}@example.com`, password: 'long enough' };
    const { body: user } = await new Api(gateway.url).post<User>('/users', { ...person, name: 'Someone' });
    const { body: session } = await new Api(gateway.url).post<Session>('/sessions', person);
    return { id: user.id, ...session };
  };
  const everywhere = (token: string) =>
    Promise.all(
      [
        [gateway.url, '/payments'],
        [gateway.url, '/users/me'],
        [paymentService.url, '/payments'],
        [userService.url, '/users/me'],
      ].map(async ([url, path]) => (await new Api(url ?? '', token).get(path ?? '')).status),
    );
  const isOutEverywhere = (token: string) =>
    waitFor('401 everywhere', async () => (await everywhere(token)).every((status) => status === 401), {
      timeoutMs: 3_000,
    });

  test('is over at the gateway and at the own ports of all, within moments', async () => {
    const admin = await new Api(gateway.url).logIn('admin@example.com');
    const [disabled, loggedOut, stays] = [await signUp(), await signUp(), await signUp()];
    for (const { accessToken } of [disabled, loggedOut, stays])
      expect(await everywhere(accessToken)).toEqual([200, 200, 200, 200]);
    await admin.patch(`/users/${String(disabled.id)}`, { disabled: true });
    await new Api(gateway.url).send('DELETE', '/sessions', { refreshToken: loggedOut.refreshToken }, {});
    await isOutEverywhere(disabled.accessToken);
    await isOutEverywhere(loggedOut.accessToken);
    expect(await everywhere(stays.accessToken)).toEqual([200, 200, 200, 200]);
  });

  test('is over for a service that starts later, and for one that the user service is away from', async () => {
    const { accessToken, refreshToken } = await signUp();
    await new Api(gateway.url).send('DELETE', '/sessions', { refreshToken }, {});
    const late = await openPaymentService();
    expect((await new Api(late.url, accessToken).get('/payments')).status).toBe(401);
    const { accessToken: stays } = await signUp();
    const { port } = userService;
    await userService.close();
    try {
      expect((await new Api(late.url, accessToken).get('/payments')).status).toBe(401);
      expect((await new Api(late.url, stays).get('/payments')).status).toBe(200);
    } finally {
      userService = await openUserService(port);
      await late.close();
    }
  });

  test.each([
    '/ended-sessions',
    '//ended-sessions',
    '/users/../ended-sessions',
    '/users/1/%2e%2e/%2e%2e/ended-sessions',
    '/users/..%2fended-sessions',
    '/users/..;/ended-sessions',
    '/users/..%5cended-sessions',
    '/users%2f..%2fended-sessions',
    '/%65nded-sessions',
    '/users/%00/../../ended-sessions',
  ])('is told of on the own port alone, whatever the path: %s', async (target) => {
    const { hostname, port } = new URL(gateway.url);
    const { accessToken } = await signUp();
    for (const headers of [{}, { authorization: `Bearer ${accessToken}` }]) {
      // As it is: fetch would tidy it up.
      const [answer] = (await once(get({ hostname, port, path: target, headers }), 'response')) as [IncomingMessage];
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(await text(answer)).not.toContain('"ids"');
    }
    expect((await fetch(`${userService.url}/ended-sessions`)).status).toBe(200);
  });
});

describe('a token of an outside provider', () => {
  const isRefused = async (token: string) => {
    const { status, headers } = await new Api(paymentService.url, token).get('/payments');
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
  };

  test('for somebody else is refused', async () => {
    const { subject } = await arrive();
    await isRefused(await provider.logIn(subject, 'another-shop'));
  });

  test('of another provider, or forged, is refused', async () => {
    const other = await startOidcProvider();
    const { subject, token } = await arrive();
    other.people.set(subject, provider.people.get(subject) ?? {});
    await isRefused(await other.logIn(subject));
    await other.close();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const sign = (claims: JWTPayload, key: typeof privateKey | Uint8Array, alg = 'RS256') =>
      new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
    await isRefused(await sign(decodeJwt(token), privateKey));
    await isRefused(await sign(decodeJwt(token), Buffer.alloc(32), 'HS256'));
    await isRefused(`${token.split('.').slice(0, 2).join('.')}.x`);
  });

  test('is nothing where no provider is named', async () => {
    const auth = createAuthenticator(authSettingsFrom({ ...settings(), OIDC_ISSUER: undefined }, logger));
    await expect(auth.verify((await arrive()).token)).rejects.toMatchObject({ status: 401 });
  });

  test('is for OIDC_AUDIENCE where that is set', async () => {
    const auth = createAuthenticator(
      authSettingsFrom({ ...settings(), OIDC_AUDIENCE: 'https://shop.example' }, logger),
    );
    await expect(auth.verify((await arrive()).token)).rejects.toMatchObject({ status: 401 });
  });

  test('can not be of our own issuer', () => {
    expect(() => createAuthenticator(authSettingsFrom({ ...settings(), OIDC_ISSUER: own.JWT_ISSUER }, logger))).toThrow(
      'OIDC_ISSUER',
    );
  });
});

describe('while something is away', () => {
  test('without the user service those seen before get on', async () => {
    const carol = await arrive();
    const { id } = await userOf(carol.api);
    const orderId = await chargedOrder(id);
    const atPayments = (token: string) => new Api(paymentService.url, token);
    expect(await ordersPaidBy(atPayments(carol.token))).toEqual([orderId]);
    const dave = await arrive();
    const { port } = userService;
    await userService.close();
    try {
      const fresh = await provider.logIn(carol.subject);
      expect(await ordersPaidBy(atPayments(fresh))).toEqual([orderId]);
      const answer = await atPayments(dave.token).get('/payments');
      expect(answer).toMatchObject({ status: 503, body: { code: 'user-unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('5');
    } finally {
      userService = await openUserService(port);
    }
    expect((await atPayments(dave.token).get('/payments')).status).toBe(200);
  });

  test('without the provider our own tokens are good, and its own for those who have its keys', async () => {
    const { subject, token } = await arrive();
    await userOf(new Api(gateway.url, token));
    const port = Number(new URL(provider.issuer).port);
    await provider.close();
    const late = await openPaymentService();
    try {
      expect((await new Api(gateway.url, token).get('/payments')).status).toBe(200);
      const alice = await new Api(gateway.url).logIn('alice@example.com');
      expect((await alice.get('/payments')).status).toBe(200);
      const answer = await new Api(late.url, token).get('/payments');
      expect(answer).toMatchObject({ status: 503, body: { code: 'signing-keys-unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('5');
    } finally {
      const { people } = provider;
      // With other keys: the provider changed them meanwhile.
      provider = await startOidcProvider({ port });
      for (const [who, person] of people) provider.people.set(who, person);
    }
    const renewed = await provider.logIn(subject);
    const works = async (url: string) => (await new Api(url, renewed).get('/payments')).status === 200;
    await waitFor('the late service finds the provider', () => works(late.url));
    await waitFor('the others take its new keys', () => works(paymentService.url));
    await late.close();
  });
});
