import express from 'express';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import request from 'supertest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { isOwnerOrAdmin, requireOwnerOrAdmin, requireRole, type Principal } from './access.js';
import { createHttpApp } from './app.js';
import { createAuthenticator } from './auth.js';
import { listen } from '../../platform/listen.js';
import type { Listening } from '../../platform/listen.js';

const issuer = 'https://holdfast.test';
const audience = 'holdfast';
let keys: { kid: string; privateKey: CryptoKey; publicKey: CryptoKey }[];
let userService: Listening;
let fetched: number;

const newKey = async (kid: string) => ({ kid, ...(await generateKeyPair('ES256', { extractable: true })) });

beforeEach(async () => {
  keys = [await newKey('first')];
  fetched = 0;
  const jwks = express();
  jwks.get('/.well-known/jwks.json', async (_req, res) => {
    fetched += 1;
    res.json({
      keys: await Promise.all(
        keys.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' })),
      ),
    });
  });
  userService = await listen(jwks, { host: '127.0.0.1', port: 0 });
});

afterEach(() => userService.close());

function token(
  claims: JWTPayload,
  { key = keys[0]!, expires = '15m', issued = '0s ago', iss = issuer, aud = audience, typ = 'at+jwt' } = {},
): Promise<string> {
  return new SignJWT({ roles: ['customer'], ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ })
    .setIssuer(iss)
    .setAudience(aud)
    .setIssuedAt(issued)
    .setExpirationTime(expires)
    .sign(key.privateKey);
}

function testApp(jwksUrls = [`${userService.url}/.well-known/jwks.json`]) {
  const auth = createAuthenticator({ issuer, audience, jwksUrls });
  const router = express.Router();
  router.get('/me', auth.required, (req, res) => void res.json(req.principal));
  router.get('/open', auth.optional, (req, res) => void res.json(req.principal ?? 'nobody'));
  router.get('/admin', auth.required, requireRole('admin'), (_req, res) => void res.json('in'));
  router.get('/still/:owner', async (req, res) => {
    const may = (principal: Principal) => isOwnerOrAdmin(principal, Number(req.params.owner));
    res.json(await auth.stillValid(req, may));
  });
  router.get('/of/:owner', auth.required, (req, res) => {
    requireOwnerOrAdmin(req.principal!, Number(req.params['owner']));
    res.json(req.principal);
  });
  const logger = createLogger({ service: 'test', level: 'silent' });
  const app = createHttpApp({ service: 'test', logger, readiness: {}, routers: [router] });
  const get = (path: string, bearer?: string) => {
    const call = request(app).get(path);
    return bearer === undefined ? call : call.set('Authorization', `Bearer ${bearer}`);
  };
  return { get, auth };
}

test('tells users and services from their tokens', async () => {
  const { get } = testApp();
  const user = await get('/me', await token({ sub: '7', name: 'Alice', email: 'a@example.com' }));
  expect(user.body).toEqual({ kind: 'user', userId: 7, roles: ['customer'], name: 'Alice', email: 'a@example.com' });
  const service = await get('/me', await token({ sub: 'order-service', roles: ['service'] }));
  expect(service.body).toEqual({ kind: 'service', clientId: 'order-service', roles: ['service'] });
  const system = await token({ sub: 'back-office', roles: ['admin'] });
  expect((await get('/me', system)).body).toEqual({ kind: 'service', clientId: 'back-office', roles: ['admin'] });
  expect((await get('/admin', system)).status).toBe(200);
  const ahead = await token({ sub: '7' }, { issued: '10s from now' });
  expect((await get('/me', ahead)).status).toBe(200);
  const odd = await get('/me', await token({ sub: '7', roles: ['service'] }));
  expect(odd.body).toEqual({ kind: 'user', userId: 7, roles: ['service'] });
});

test('refuses without a token, and with one that is expired, forged, of others or for others', async () => {
  const { get } = testApp();
  const none = await get('/me');
  expect(none.status).toBe(401);
  expect(none.headers['www-authenticate']).toBe('Bearer');
  expect(none.body).toMatchObject({ detail: 'An access token is needed.' });
  const bad = [
    'nonsense',
    await token({ sub: '7' }, { expires: '-1m' }),
    await token({ sub: '7' }, { expires: '1d', issued: '20m ago' }),
    await token({ sub: '7' }, { typ: 'JWT' }),
    await token({ sub: '7' }, { key: await newKey('first') }),
    await token({ sub: '7' }, { key: await newKey('never-published') }),
    await token({ sub: '7' }, { iss: 'https://other.test' }),
    await token({ sub: '7' }, { aud: 'other' }),
    await token({ sub: '0' }),
    await token({ sub: '9'.repeat(20) }),
    await token({ sub: '2147483648' }),
    await token({ sub: '7', roles: 'admin' }),
  ];
  for (const bearer of bad) {
    const answer = await get('/me', bearer);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(answer.body).not.toMatchObject({ detail: 'An access token is needed.' });
    expect((await get('/open', bearer)).status).toBe(401);
  }
  expect((await get('/open')).body).toBe('nobody');
});

test('refuses a token without a signature', async () => {
  const unsigned = [{ alg: 'none' }, { sub: '7', roles: ['admin'], iss: issuer, aud: audience, exp: 9_999_999_999 }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  expect((await testApp().get('/me', `${unsigned}.`)).status).toBe(401);
  expect((await testApp().get('/me', `${unsigned}.x`)).status).toBe(401);
});

test('403 for a role that is missing, 404 for what is owned by another', async () => {
  const { get } = testApp();
  const alice = await token({ sub: '7' });
  const admin = await token({ sub: '3', roles: ['admin'] });
  expect((await get('/admin', alice)).status).toBe(403);
  expect((await get('/admin', admin)).status).toBe(200);
  expect((await get('/of/8', alice)).status).toBe(404);
  expect((await get('/of/7', alice)).status).toBe(200);
  expect((await get('/of/8', admin)).status).toBe(200);
});

test('keys once read last when the user service is gone; without any it is a 503', async () => {
  const { get, auth } = testApp();
  const { get: late, auth: lateAuth } = testApp();
  await auth.check();
  const alice = await token({ sub: '7' });
  await userService.close();
  await auth.check();
  expect((await get('/me', alice)).status).toBe(200);
  expect((await get('/me', await token({ sub: '7' }, { key: await newKey('forged') }))).status).toBe(401);
  await expect(lateAuth.check()).rejects.toThrow('signing-keys-unavailable');
  const answer = await late('/me', alice);
  expect(answer.status).toBe(503);
  expect(answer.headers['retry-after']).toBe('5');
});

test('asks another instance when one is gone', async () => {
  const { get } = testApp(['http://127.0.0.1:1/jwks.json', `${userService.url}/.well-known/jwks.json`]);
  expect((await get('/me', await token({ sub: '7' }))).status).toBe(200);
});

test('does not ask again for each token of an unknown key', async () => {
  const { get } = testApp();
  await get('/me', await token({ sub: '7' }));
  for (let i = 0; i < 5; i++) await get('/me', await token({ sub: '7' }, { key: await newKey(`k${String(i)}`) }));
  expect(fetched).toBe(1);
});

test.each([
  [404, 'it answered 404'],
  [200, 'JSON Web Key Set malformed'],
])('a wrong answer, %i, is told with its address, and its sender is not asked again', async (status, reason) => {
  const asked: (string | undefined)[] = [];
  const somebody = await listen(
    (req, res) => {
      if (asked.push(req.headers.connection) === 1) res.writeHead(status).end('{"message":"nothing here"}');
      else res.end('{"keys":[]}');
    },
    { host: '127.0.0.1', port: 0 },
  );
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', level: 'warn' }, { write: (line) => lines.push(line) });
  const jwksUrl = `${somebody.url}/keys`;
  const { check } = createAuthenticator({ issuer, audience, jwksUrls: [jwksUrl], logger });
  try {
    await expect(check()).rejects.toThrow(`signing-keys-unavailable: ${jwksUrl}: ${reason}`);
    await check();
    // Each on a connection of its own: whoever was wrong would be asked again on one that was kept.
    expect(asked).toEqual(['close', 'close']);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ address: jwksUrl, reason }]);
  } finally {
    await somebody.close();
  }
});

test('a token is still good for a stream only while its holder may hear it', async () => {
  const { get } = testApp();
  const bearer = await token({ sub: '1' });
  const hears = async (owner: number) => (await get(`/still/${owner}`, bearer)).body as unknown;
  expect([await hears(1), await hears(2)]).toEqual([true, false]);
});
