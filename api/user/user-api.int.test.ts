import { PrismaClient } from '../../services/user/prisma/generated/client.js';
import { generateKeyPairSync, createHash } from 'node:crypto';
import type { Express } from 'express';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../contracts/http/sessions.js';
import type { User } from '../../contracts/http/users.js';
import { createLogger } from '../../platform/logger.js';
import { listen } from '../../platform/listen.js';
import { clientOn, createPool } from '../../platform/database/pool.js';
import { seedUsers } from '../../services/user/seed-users.js';
import { readPrivateKeys } from '../../services/user/signing-keys.js';
import { createTestDatabase, waitingForLocks } from '../../tests/support/database.js';
import { auditedLogger } from '../../tests/support/audited.js';
import type { TestDatabase } from '../../tests/support/database.js';
import { baseOf } from '../../tests/support/base.js';
import { server } from '../../tests/support/servers.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createUserApp, createContext, type UserContext } from './service.js';
import type { UserConfig } from './config.js';
import { runUserCommand } from './user-command.js';

const issuer = 'http://holdfast.test';
const pem = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const logger = createLogger({ service: 'user-service', level: 'fatal' });

let database: TestDatabase;
let prisma: PrismaClient;
let context: UserContext;
let closeContext: () => Promise<void>;
let app: Express;

beforeAll(async () => {
  database = await createTestDatabase('services/user/prisma/migrations');
  prisma = clientOn(createPool({ url: database.url, size: 2, service: 'seed', logger }), PrismaClient);
  await seedUsers(prisma);
  await seedUsers(prisma);
  const base = baseOf<UserConfig>(
    {
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
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: 'holdfast',
      JWT_PRIVATE_KEY: readPrivateKeys(pem() + pem()),
      OAUTH_CLIENTS: [
        {
          clientId: 'order-service',
          secretHash: createHash('sha256').update('s3cret:+/').digest('hex'),
          roles: ['service'],
        },
      ],
    },
    logger,
  );
  closeContext = base.close;
  context = await createContext(base);
  app = createUserApp(context);
});

afterAll(async () => {
  await closeContext();
  await prisma.$disconnect();
  await database.drop();
});

async function logIn(email: string, password = 'holdfast-demo'): Promise<Session> {
  return (await request(app).post('/sessions').send({ email, password }).expect(201)).body as Session;
}

const bearer = (token: string) => `Bearer ${token}`;

/** Though its time is not. */
const isOut = (token: string) =>
  request(app)
    .get('/users/me')
    .set('Authorization', bearer(token))
    .expect(401)
    .expect('WWW-Authenticate', /invalid_token/);

let unique = 0;
async function signUp(): Promise<{ user: User; session: Session; password: string }> {
  const email = `user${String(unique++)}@example.com`;
  const password = 'long enough';
  const user = (await request(app).post('/users').send({ email, name: 'Someone', password }).expect(201)).body as User;
  return { user, password, session: await logIn(email, password) };
}

async function serviceToken(): Promise<string> {
  const answer = await request(app)
    .post('/oauth/token')
    .type('form')
    .send({ grant_type: 'client_credentials', client_id: 'order-service', client_secret: 's3cret:+/' })
    .expect(200);
  return (answer.body as { access_token: string }).access_token;
}

describe('users', () => {
  test('sign-up answers the user and where it is, never the password', async () => {
    const body = {
      email: 'Carol@Example.com',
      name: 'Carol',
      password: 'long enough',
      phone: '+82 10 1234 5678',
      address: { name: 'Carol', line1: '1 Street', city: 'Seoul', postalCode: '04524', country: 'KR' },
    };
    const answer = await request(app).post('/users').send(body).expect(201);
    const user = answer.body as User;
    expect(user).toMatchObject({
      email: 'carol@example.com',
      name: 'Carol',
      phone: body.phone,
      address: body.address,
      roles: ['customer'],
      disabled: false,
    });
    expect(user.id).toBeGreaterThan(3);
    expect(answer.headers['location']).toBe(`/users/${String(user.id)}`);
    expect(answer.text).not.toMatch(/password|argon2/);
  });

  test('an e-mail address is taken in whatever case, also when several sign up at once', async () => {
    const post = (email: string) => request(app).post('/users').send({ email, name: 'Twin', password: 'long enough' });
    const answers = await Promise.all(
      ['twin@example.com', 'TWIN@example.com', 'Twin@Example.com'].map((email) => post(email)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await post('twin@example.com').expect(409)).body).toMatchObject({ code: 'email-taken' });
  });

  test('unknown fields, a short password and roles are refused', async () => {
    const answer = await request(app)
      .post('/users')
      .send({ email: 'eve@example.com', name: 'Eve', password: 'short', roles: ['admin'] })
      .expect(400);
    expect((answer.body as { errors: { path: string }[] }).errors.map(({ path }) => path).sort()).toEqual([
      'password',
      'roles',
    ]);
  });

  const fine = { email: 'mallory@example.com', name: 'Mallory', password: 'long enough' };
  const home = { name: 'M', line1: '1 Street', city: 'Seoul', postalCode: '04524', country: 'KR' };
  test.each([
    ['email', { ...fine, email: 'mallory' }],
    ['email', { ...fine, email: ' mallory@example.com' }],
    ['email', { ...fine, email: `${'m'.repeat(320)}@example.com` }],
    ['email', { ...fine, email: ['mallory@example.com'] }],
    ['name', { ...fine, name: '   ' }],
    ['name', { ...fine, name: 'nul\u0000' }],
    ['name', { ...fine, name: 'Mallory\n\nYour account is locked: https://evil.example' }],
    ['name', { ...fine, name: 'Mallory \u202egpj.exe' }],
    ['address.city', { ...fine, address: { ...home, city: 'Seoul\u001b[2J' } }],
    ['password', { ...fine, password: '1234567' }],
    ['password', { ...fine, password: 'x'.repeat(201) }],
    ['password', { ...fine, password: ' \u3000\u00a0     ' }],
    ['password', { ...fine, password: 'Password1' }],
    ['password', { ...fine, password: 'mallory@example.com' }],
    ['phone', { ...fine, phone: 'call me' }],
    ['address.country', { ...fine, address: { ...home, country: 'Korea' } }],
    ['address.city', { ...fine, address: { ...home, city: undefined } }],
    ['address.zip', { ...fine, address: { ...home, zip: '1' } }],
    ['disabled', { ...fine, disabled: false }],
    ['id', { ...fine, id: 1 }],
  ])('sign-up with a wrong %s is a 400 that names it, and makes nobody', async (path, body) => {
    const answer = await request(app).post('/users').send(body).expect(400);
    expect((answer.body as { errors: { path: string }[] }).errors.map((error) => error.path)).toEqual([path]);
    await request(app).post('/sessions').send({ email: fine.email, password: fine.password }).expect(401);
  });

  test('/users/me is whoever holds the token, and no client', async () => {
    const { user, session } = await signUp();
    const mine = request(app).get('/users/me').set('Authorization', bearer(session.accessToken));
    expect((await mine.expect(200)).body).toEqual(user);
    await request(app)
      .get('/users/me')
      .set('Authorization', bearer(await serviceToken()))
      .expect(403);
    await request(app).get('/users/me').expect(401);
  });

  test('oneself and admins see a user; another gets 403, whether the user exists or not', async () => {
    const { user, session } = await signUp();
    const admin = await logIn('admin@example.com');
    const path = `/users/${String(user.id)}`;
    expect((await request(app).get(path).set('Authorization', bearer(session.accessToken)).expect(200)).body).toEqual(
      user,
    );
    await request(app).get(path).set('Authorization', bearer(admin.accessToken)).expect(200);
    await request(app).get('/users/1').set('Authorization', bearer(session.accessToken)).expect(403);
    await request(app).get('/users/999999').set('Authorization', bearer(session.accessToken)).expect(403);
    await request(app).get('/users/999999').set('Authorization', bearer(admin.accessToken)).expect(404);
    await request(app)
      .get(path)
      .expect(401)
      .expect('WWW-Authenticate', /Bearer/);
  });

  test('an admin finds users by their address, in whatever case, and sees all, newest first, page by page', async () => {
    const signUp = (email: string) =>
      request(app).post('/users').send({ email, name: 'Found', password: 'a tolerable password' }).expect(201);
    for (const email of ['found-1@example.com', 'found-2@example.com']) await signUp(email);
    const admin = bearer((await logIn('admin@example.com')).accessToken);
    const list = async (query: string, token = admin) => {
      const { body } = await request(app).get(`/users${query}`).set('Authorization', token).expect(200);
      return body as { items: User[]; nextCursor: string | null };
    };
    expect(await list('?email=Found-1@Example.com')).toMatchObject({
      items: [{ email: 'found-1@example.com' }],
      nextCursor: null,
    });
    expect(await list('?email=nobody@example.com')).toEqual({ items: [], nextCursor: null });
    const all = await list('?limit=100');
    const first = await list('?limit=1');
    expect(first.items).toMatchObject([{ email: 'found-2@example.com' }]);
    expect((await list(`?limit=99&cursor=${first.nextCursor ?? ''}`)).items).toEqual(all.items.slice(1));
    expect(all.items.map(({ id }) => id)).toEqual(all.items.map(({ id }) => id).sort((a, b) => b - a));
    await request(app).get('/users?cursor=x').set('Authorization', admin).expect(400);
    const alice = bearer((await logIn('alice@example.com')).accessToken);
    await request(app).get('/users').set('Authorization', alice).expect(403);
    await request(app).get('/users?email=alice@example.com').expect(401);
  });

  test('a user changes their own data, and null takes a value away', async () => {
    const { user, session } = await signUp();
    const patch = (body: object) =>
      request(app)
        .patch(`/users/${String(user.id)}`)
        .set('Authorization', bearer(session.accessToken))
        .send(body);
    expect((await patch({ name: 'New', phone: '02-555-1234' }).expect(200)).body).toMatchObject({
      name: 'New',
      phone: '02-555-1234',
    });
    expect((await patch({ phone: null }).expect(200)).body).toMatchObject({ name: 'New', phone: null });
    expect((await patch({}).expect(200)).body).toMatchObject({ name: 'New', phone: null });
    // Who somebody is, and what they may do, is not theirs to change.
    for (const body of [{ email: 'other@example.com' }, { roles: ['admin'] }, { id: 1 }, { name: '' }])
      expect((await patch(body).expect(400)).body).toMatchObject({ errors: [{ path: Object.keys(body)[0] }] });
    const { session: another } = await signUp();
    await request(app)
      .patch(`/users/${String(user.id)}`)
      .set('Authorization', bearer(another.accessToken))
      .send({ name: 'Mine' })
      .expect(403);
  });

  test('of two who change a user after they saw the same, one is told', async () => {
    const { user, session } = await signUp();
    const path = `/users/${String(user.id)}`;
    const own = bearer(session.accessToken);
    const admin = bearer((await logIn('admin@example.com')).accessToken);
    const { etag } = (await request(app).get(path).set('Authorization', own).expect(200)).headers;
    expect((await request(app).get('/users/me').set('Authorization', own).expect(200)).headers['etag']).toBe(etag);
    const patch = (token: string, name: string) =>
      request(app)
        .patch(path)
        .set({ Authorization: token, 'If-Match': String(etag) })
        .send({ name });
    const answers = await Promise.all([patch(own, 'Mine'), patch(admin, 'Theirs')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const seen = await request(app).get(path).set('Authorization', own).expect(200);
    const done = answers.find(({ status }) => status === 200);
    expect([seen.body, seen.headers['etag']]).toEqual([done?.body, done?.headers['etag']]);
  });

  test('only an admin may disable; a disabled user has no session left and gets no new one', async () => {
    const { user, session, password } = await signUp();
    const path = `/users/${String(user.id)}`;
    await request(app)
      .patch(path)
      .set('Authorization', bearer(session.accessToken))
      .send({ disabled: true })
      .expect(403);
    const admin = await logIn('admin@example.com');
    await request(app).patch(path).set('Authorization', bearer(admin.accessToken)).send({ disabled: true }).expect(200);
    await request(app).post('/sessions').send({ email: user.email, password }).expect(401);
    await request(app).post('/sessions/refresh').send({ refreshToken: session.refreshToken }).expect(401);
    const validation = await request(app)
      .get(`${path}/validation`)
      .set('Authorization', bearer(await serviceToken()))
      .expect(200);
    expect(validation.body).toMatchObject({ id: user.id, valid: false });
  });

  test('who was disabled can order again once an admin says so, and then logs in anew', async () => {
    const { user, session, password } = await signUp();
    const path = `/users/${String(user.id)}`;
    const admin = bearer((await logIn('admin@example.com')).accessToken);
    await request(app).patch(path).set('Authorization', admin).send({ disabled: true }).expect(200);
    const own = bearer(session.accessToken);
    await isOut(session.accessToken);
    for (const body of [{ disabled: false }, { password: 'another one', currentPassword: password }, { name: 'New' }])
      await request(app).patch(path).set('Authorization', own).send(body).expect(401);
    await request(app).patch(path).set('Authorization', admin).send({ disabled: false }).expect(200);
    await request(app).post('/sessions/refresh').send({ refreshToken: session.refreshToken }).expect(401);
    await isOut(session.accessToken);
    await logIn(user.email, password);
  });

  test('a new password ends the sessions of the old one', async () => {
    const { user, session, password } = await signUp();
    const { session: another } = await signUp();
    await request(app)
      .patch(`/users/${String(user.id)}`)
      .set('Authorization', bearer(session.accessToken))
      .send({ password: 'another one', currentPassword: password })
      .expect(200);
    await request(app).post('/sessions/refresh').send({ refreshToken: session.refreshToken }).expect(401);
    await isOut(session.accessToken);
    await request(app).get('/users/me').set('Authorization', bearer(another.accessToken)).expect(200);
    // At once, in the same second.
    const anew = await logIn(user.email, 'another one');
    await request(app).get('/users/me').set('Authorization', bearer(anew.accessToken)).expect(200);
  });

  test('a stolen access token is not yet the account: a new password needs the one before', async () => {
    const { user, session, password } = await signUp();
    const patch = (body: object) =>
      request(app)
        .patch(`/users/${String(user.id)}`)
        .set('Authorization', bearer(session.accessToken))
        .send(body);
    for (const body of [{}, { currentPassword: '' }, { currentPassword: 'a wrong one' }])
      expect((await patch({ password: 'another one', ...body }).expect(403)).body).toMatchObject({
        code: 'wrong-password',
      });
    await logIn(user.email, password);
    await request(app).post('/sessions/refresh').send({ refreshToken: session.refreshToken }).expect(200);
    for (const guessed of ['sunshine1', '          ', user.email.toUpperCase()])
      expect((await patch({ password: guessed, currentPassword: password }).expect(400)).body).toMatchObject({
        errors: [{ path: 'password' }],
      });
    await patch({ password: 'another one', currentPassword: password }).expect(200);
    // For whoever has forgotten theirs.
    const admin = bearer((await logIn('admin@example.com')).accessToken);
    const path = `/users/${String(user.id)}`;
    await request(app).patch(path).set('Authorization', admin).send({ password: user.email }).expect(400);
    await request(app).patch(path).set('Authorization', admin).send({ password }).expect(200);
    await logIn(user.email, password);
  });

  test('an admin who was disabled, or is none any more, is out at once, whatever their token says', async () => {
    const { user, session, password } = await signUp();
    const grant = (roles: string[]) => prisma.user.update({ where: { id: user.id }, data: { roles } });
    await grant(['customer', 'admin']);
    const path = `/users/${String(user.id)}`;
    const own = bearer((await logIn(user.email, password)).accessToken);
    const patch = (to: string, token: string, body: object) =>
      request(app).patch(to).set('Authorization', token).send(body);
    // What is given takes nothing away; no one has an own `disabled`.
    await request(app).get(path).set('Authorization', bearer(session.accessToken)).expect(200);
    await patch(path, own, { disabled: false }).expect(403);
    const admin = bearer((await logIn('admin@example.com')).accessToken);
    await patch(path, admin, { disabled: true }).expect(200);
    await patch(path, own, { disabled: false }).expect(401);
    await patch('/users/2', own, { disabled: true }).expect(401);
    await patch(path, admin, { disabled: false }).expect(200);
    const anew = bearer((await logIn(user.email, password)).accessToken);
    await grant(['customer']);
    await patch('/users/2', anew, { disabled: true }).expect(401);
    await patch(path, bearer((await logIn(user.email, password)).accessToken), { name: 'Again' }).expect(200);
  });

  test('an admin makes another one, and none of them; nobody does so of themselves', async () => {
    const { user, session, password } = await signUp();
    const path = `/users/${String(user.id)}`;
    const patch = (token: string, body: object, to = path) =>
      request(app).patch(to).set('Authorization', token).send(body);
    for (const admin of [true, false]) await patch(bearer(session.accessToken), { admin }).expect(403);
    await patch(bearer(session.accessToken), { admin: true }, '/users/2').expect(403);
    await patch(bearer(await serviceToken()), { admin: true }).expect(403);

    const first = bearer((await logIn('admin@example.com')).accessToken);
    for (const admin of ['true', null, 1]) await patch(first, { admin }).expect(400);
    for (const again of [1, 2]) {
      const { body } = await patch(first, { admin: true }).expect(200);
      expect((body as User).roles, String(again)).toEqual(['customer', 'admin']);
    }
    // What is given takes nothing away, and is in the next access token.
    await request(app).get('/users/1').set('Authorization', bearer(session.accessToken)).expect(403);
    const { refreshToken } = session;
    const second = (await request(app).post('/sessions/refresh').send({ refreshToken }).expect(200)).body as Session;
    await request(app).get('/users/1').set('Authorization', bearer(second.accessToken)).expect(200);
    for (const admin of [true, false]) await patch(bearer(second.accessToken), { admin }).expect(403);
    expect((await context.users.find(user.id))?.roles).toEqual(['customer', 'admin']);

    const { body } = await patch(first, { admin: false, name: 'New' }).expect(200);
    expect(body).toMatchObject({ roles: ['customer'], name: 'New' });
    await isOut(second.accessToken);
    const anew = await logIn(user.email, password);
    await request(app).get('/users/1').set('Authorization', bearer(anew.accessToken)).expect(403);
    await patch(first, { admin: true }, '/users/999999').expect(404);
  });

  test('of two admins who saw the same user, one decides what the user may, and the other is told', async () => {
    const { user } = await signUp();
    const path = `/users/${String(user.id)}`;
    const admin = bearer((await logIn('admin@example.com')).accessToken);
    const { etag } = (await request(app).get(path).set('Authorization', admin).expect(200)).headers;
    const change = (body: object) =>
      request(app)
        .patch(path)
        .set({ Authorization: admin, 'If-Match': String(etag) })
        .send(body);
    // Both have read the user, and wait for the row.
    const [asked] = await prisma.$transaction(async (holder) => {
      await holder.$queryRaw`SELECT FROM users WHERE id = ${user.id} FOR UPDATE`;
      const changes = Promise.all([change({ admin: true }), change({ disabled: true })]);
      await waitFor('both to wait for the row', async () => (await waitingForLocks(prisma)) === 2);
      return [changes];
    });
    const answers = await asked;
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const done = answers.find(({ status }) => status === 200)?.body as User;
    expect(await context.users.find(user.id)).toMatchObject(done);
    expect(done.roles.includes('admin') && done.disabled).toBe(false);
  });

  test('validation is for services and admins', async () => {
    const token = await serviceToken();
    const alice = await request(app).get('/users/1/validation').set('Authorization', bearer(token)).expect(200);
    expect(alice.body).toMatchObject({ id: 1, valid: true, email: 'alice@example.com', address: { country: 'KR' } });
    expect((alice.body as { phone: string | null }).phone).toMatch(/^\+82/);
    const bob = await request(app).get('/users/2/validation').set('Authorization', bearer(token)).expect(200);
    expect(bob.body).toMatchObject({ phone: null });
    await request(app).get('/users/999999/validation').set('Authorization', bearer(token)).expect(404);
    const session = await logIn('alice@example.com');
    await request(app).get('/users/1/validation').set('Authorization', bearer(session.accessToken)).expect(403);
  });
});

describe('sessions', () => {
  test('the access token is one that anyone can check with the published keys', async () => {
    const session = await logIn('Alice@Example.com');
    expect(session).toMatchObject({ expiresIn: 900, user: { id: 1, email: 'alice@example.com' } });
    const keys = (await request(app).get('/.well-known/jwks.json').expect(200)).body as JSONWebKeySet;
    expect(keys.keys).toHaveLength(2);
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const { payload } = await jwtVerify(session.accessToken, createLocalJWKSet(keys), { issuer, audience: 'holdfast' });
    expect(payload).toMatchObject({ sub: '1', roles: ['customer'], email: 'alice@example.com', name: 'Alice Kim' });
    expect(payload.exp! - payload.iat!).toBe(900);
    expect(payload.jti).toBeTruthy();
    expect(decodeProtectedHeader(session.accessToken)).toMatchObject({ alg: 'ES256', kid: keys.keys[0]?.kid });
  });

  test('a wrong password and an unknown address get the same answer', async () => {
    const wrong = await request(app)
      .post('/sessions')
      .send({ email: 'alice@example.com', password: 'not it' })
      .expect(401);
    const unknown = await request(app)
      .post('/sessions')
      .send({ email: 'nobody@example.com', password: 'not it' })
      .expect(401);
    expect(unknown.body).toEqual(wrong.body);
    expect(unknown.headers['www-authenticate']).toBe(wrong.headers['www-authenticate']);
  });

  test('nor does the time of the answer tell which addresses have an account', async () => {
    const fastest = new Map<string, number>();
    // In turns, so that whatever else the machine does falls on both.
    for (let i = 0; i < 8; i++) {
      for (const email of ['nobody@example.com', 'alice@example.com']) {
        const start = performance.now();
        await request(app).post('/sessions').send({ email, password: 'not it' }).expect(401);
        fastest.set(email, Math.min(fastest.get(email) ?? Infinity, performance.now() - start));
      }
    }
    // Without the hash of nobody's password it is far less than half.
    expect(fastest.get('nobody@example.com')).toBeGreaterThan(fastest.get('alice@example.com')! / 2);
  });

  test('of many log-ins at once those past a short queue are told to come back', async () => {
    const { accessToken } = await logIn('alice@example.com');
    const server = await listen(app, { host: '127.0.0.1', port: 0 });
    const logIns = Array.from({ length: 100 }, (_, turn) =>
      request(server.url)
        .post('/sessions')
        .send({ email: `nobody${String(turn)}@example.com`, password: 'a guess' })
        .then((answer) => answer),
    );
    await Promise.any(logIns);
    await request(server.url).get('/users/me').set('Authorization', bearer(accessToken)).expect(200);
    const answers = await Promise.all(logIns);
    await server.close();
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused) expect(headers['retry-after']).toBe('1');
    expect(answers.filter(({ status }) => status === 401).length).toBe(100 - refused.length);
  });

  test('a refresh gives a new pair; the spent token, used again, ends its whole family and no other', async () => {
    const other = await logIn('bob@example.com');
    const first = await logIn('bob@example.com');
    const second = (await request(app).post('/sessions/refresh').send({ refreshToken: first.refreshToken }).expect(200))
      .body as Session;
    expect(second.refreshToken).not.toBe(first.refreshToken);
    await request(app).get('/users/2').set('Authorization', bearer(second.accessToken)).expect(200);
    const thief = request(app).post('/sessions/refresh').set('User-Agent', 'another');
    await thief.send({ refreshToken: first.refreshToken }).expect(401);
    await request(app).post('/sessions/refresh').send({ refreshToken: second.refreshToken }).expect(401);
    await isOut(second.accessToken);
    await request(app).post('/sessions/refresh').send({ refreshToken: other.refreshToken }).expect(200);
  });

  test.each([
    ['User-Agent', 'another'],
    ['X-Forwarded-For', '10.1.2.3'],
  ])(
    'ten refreshes with one token at once are fine for one client; by another %s they end the family',
    async (field, value) => {
      const { refreshToken } = await logIn('bob@example.com');
      const refresh = (token: string) => request(app).post('/sessions/refresh').send({ refreshToken: token });
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
      const sessions = answers.map(({ body }) => body as Session);
      expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
      const [one, other] = await Promise.all(sessions.slice(0, 2).map((session) => refresh(session.refreshToken)));
      expect([one?.status, other?.status]).toEqual([200, 200]);
      await refresh(refreshToken).set(field, value).expect(401);
      for (const session of sessions.slice(2)) await refresh(session.refreshToken).expect(401);
      await isOut(sessions[0]!.accessToken);
    },
  );

  test('no cache keeps what has tokens in it', async () => {
    const body = { email: 'bob@example.com', password: 'holdfast-demo' };
    const first = await request(app).post('/sessions').send(body).expect(201).expect('Cache-Control', 'no-store');
    const { refreshToken } = first.body as Session;
    await request(app).post('/sessions/refresh').send({ refreshToken }).expect(200).expect('Cache-Control', 'no-store');
  });

  test('log-out ends the session, and again changes nothing', async () => {
    const { accessToken, refreshToken } = await logIn('bob@example.com');
    await request(app).delete('/sessions').send({ refreshToken }).expect(204);
    await isOut(accessToken);
    await request(app).delete('/sessions').send({ refreshToken }).expect(204);
    await request(app).post('/sessions/refresh').send({ refreshToken }).expect(401);
  });
});

describe("a browser's session", () => {
  const body = { email: 'bob@example.com', password: 'holdfast-demo' };
  /** The page's requests, and each with what a browser keeps of the answer: the cookie alone. */
  const fromPage = (method: 'post' | 'delete', path = '', cookie = '') =>
    request(app)[method](`/sessions/cookie${path}`).set('X-Requested-With', 'fetch').set('Cookie', cookie);
  const cookieOf = ({ headers }: { headers: Record<string, unknown> }) =>
    /^holdfast_session=[\w-]*/.exec(String(headers['set-cookie']))?.[0] ?? '';
  const refresh = (cookie: string) => fromPage('post', '/refresh', cookie);

  test('no script sees the refresh token: it is in a cookie for one path of this address, that goes on by rotation', async () => {
    const first = await fromPage('post').send(body).expect(201).expect('Cache-Control', 'no-store');
    expect(Object.keys(first.body as object).sort()).toEqual(['accessToken', 'expiresIn', 'user']);
    const attributes = String(first.headers['set-cookie']).split('; ').slice(1);
    expect(attributes).toEqual(['HttpOnly', 'Path=/sessions/cookie', 'SameSite=Strict']);
    const second = await refresh(cookieOf(first)).expect(200).expect('Cache-Control', 'no-store');
    expect(second.body).toMatchObject({ expiresIn: 900, user: { id: 2 } });
    expect(second.body).not.toHaveProperty('refreshToken');
    expect(cookieOf(second)).not.toBe(cookieOf(first));
    const secure = await refresh(cookieOf(second)).set('X-Forwarded-Proto', 'https').expect(200);
    expect(String(secure.headers['set-cookie'])).toContain('; Secure');
  });

  test('a page of another site gets nothing by the cookie, nor logs anybody in', async () => {
    const first = await fromPage('post').send(body).expect(201);
    const cookie = cookieOf(first);
    const own = '127.0.0.1:8080';
    for (const [path, method] of [
      ['', 'post'],
      ['/refresh', 'post'],
      ['', 'delete'],
    ] as const) {
      const send = () =>
        path === '' && method === 'post' ? fromPage(method, path, cookie).send(body) : fromPage(method, path, cookie);
      for (const site of ['cross-site', 'same-site', 'none']) {
        const answer = await send()
          .set('Sec-Fetch-Site', site)
          .set('Origin', `http://${own}`)
          .set('Host', own)
          .expect(403);
        expect(answer.body).toMatchObject({ code: 'cross-site' });
        expect(answer.headers).not.toHaveProperty('set-cookie');
      }
      for (const origin of ['https://evil.example', 'http://127.0.0.1:3000', 'null', `http://${own}.evil.example`])
        await send().set('Origin', origin).set('Host', own).expect(403);
      const bare = await send().unset('X-Requested-With').expect(400);
      expect((bare.body as { errors: { path: string }[] }).errors.map((error) => error.path)).toEqual([
        'X-Requested-With',
      ]);
    }
    await refresh(cookie).set('Sec-Fetch-Site', 'same-origin').expect(200);
  });

  test('a page of its own address is known where browsers say nothing but that, behind a proxy too', async () => {
    const { headers } = await fromPage('post')
      .send(body)
      .set('Origin', 'http://shop.example')
      .set('Host', 'shop.example')
      .expect(201);
    await refresh(cookieOf({ headers }))
      .set('Origin', 'https://shop.example')
      .set('X-Forwarded-Host', 'shop.example')
      .expect(200);
  });

  test('pages that refresh at once all go on; a cookie that somebody else has sent ends the session', async () => {
    const first = await fromPage('post').send(body).expect(201);
    const pages = await Promise.all(Array.from({ length: 5 }, () => refresh(cookieOf(first))));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await refresh(cookieOf(first)).set('User-Agent', 'a thief').expect(401);
    await refresh(cookieOf(pages[4]!)).expect(401);
    await isOut((pages[0]!.body as Session).accessToken);
  });

  test('of two cookies none is believed, whichever comes first; log-out ends the sessions of both', async () => {
    const first = await fromPage('post').send(body).expect(201);
    const tossed = await fromPage('post')
      .send({ ...body, email: 'alice@example.com' })
      .expect(201);
    const [ours, theirs] = [cookieOf(first), cookieOf(tossed)];
    for (const both of [`${ours}; ${theirs}`, `${theirs};${ours}`]) {
      const refused = await refresh(both).expect(401);
      expect(refused.headers).not.toHaveProperty('set-cookie');
    }
    await refresh(`holdfast_session_of_others=1; ${ours}`).expect(200);
    await fromPage('delete', '', `${ours}; ${theirs}`).expect(204);
    for (const answer of [first, tossed]) await isOut((answer.body as Session).accessToken);
  });

  test('log-out ends it and takes the cookie away; so does the next log-in with what it replaces', async () => {
    const first = await fromPage('post').send(body).expect(201);
    const second = await fromPage('post', '', cookieOf(first)).send(body).expect(201);
    await isOut((first.body as Session).accessToken);
    const out = await fromPage('delete', '', cookieOf(second)).expect(204);
    expect(String(out.headers['set-cookie'])).toMatch(/^holdfast_session=; .*Max-Age=0/);
    await isOut((second.body as Session).accessToken);
    await refresh(cookieOf(second)).expect(401);
    await fromPage('delete').expect(204);
    await refresh('').expect(401);
  });
});

describe('tokens for clients', () => {
  const basic = (id: string, secret: string) =>
    `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
  const ask = () => request(app).post('/oauth/token').type('form');

  test('with HTTP Basic, and unknown parameters are ignored', async () => {
    const answer = await ask()
      .set('Authorization', basic('order-service', 's3cret:+/'))
      .send({ grant_type: 'client_credentials', scope: 'x' })
      .expect(200);
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([
    [
      'a wrong secret',
      401,
      'invalid_client',
      { client_id: 'order-service', client_secret: 'x', grant_type: 'client_credentials' },
    ],
    [
      'an unknown client',
      401,
      'invalid_client',
      { client_id: 'nobody', client_secret: 'x', grant_type: 'client_credentials' },
    ],
    ['no credentials', 401, 'invalid_client', { grant_type: 'client_credentials' }],
    [
      'another grant',
      400,
      'unsupported_grant_type',
      { client_id: 'order-service', client_secret: 's3cret:+/', grant_type: 'password' },
    ],
    ['no grant', 400, 'invalid_request', { client_id: 'order-service', client_secret: 's3cret:+/' }],
  ])('%s is answered %i %s, as a problem', async (_what, status, error, body) => {
    const answer = await ask()
      .send(body)
      .expect(status)
      .expect('Content-Type', /application\/problem\+json/);
    expect(answer.body).toMatchObject({ status, error });
  });

  test('a body that is not a form, and credentials in two places, are refused', async () => {
    await request(app).post('/oauth/token').send({ grant_type: 'client_credentials' }).expect(400);
    const twice = await ask()
      .set('Authorization', basic('order-service', 's3cret:+/'))
      .send({ grant_type: 'client_credentials', client_secret: 'x' })
      .expect(400);
    expect(twice.body).toMatchObject({ error: 'invalid_request' });
    await ask().set('Authorization', 'Basic %%%').send({ grant_type: 'client_credentials' }).expect(401);
  });

  test('the discovery document leads to the keys', async () => {
    const answer = await request(app).get('/.well-known/openid-configuration').expect(200);
    expect(answer.body).toMatchObject({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      token_endpoint: `${issuer}/oauth/token`,
    });
  });
});

describe('who did what', () => {
  const address = '198.51.100.7';
  const { logger: heard, lines } = auditedLogger('user-service');
  /** From somewhere, as the gateway says it. */
  const call = (method: 'post' | 'patch' | 'get', path: string, authorization?: string) => {
    const sent = request(createUserApp({ ...context, logger: heard }))[method](path);
    if (authorization !== undefined) sent.set('Authorization', authorization);
    return sent.set('X-Forwarded-For', address);
  };

  test('is written down in a line each, without a word of theirs', async () => {
    const { user, session, password } = await signUp();
    const { email } = user;
    const path = `/users/${String(user.id)}`;
    const own = bearer(session.accessToken);
    const admin = bearer((await logIn('admin@example.com')).accessToken);
    await call('post', '/sessions').send({ email, password: 'a wrong one' }).expect(401);
    await call('post', '/sessions').send({ email: 'nobody@example.com', password }).expect(401);
    const { refreshToken } = (await call('post', '/sessions').send({ email, password }).expect(201)).body as Session;
    await call('post', '/sessions/refresh').send({ refreshToken }).expect(200);
    const thief = call('post', '/sessions/refresh').set('User-Agent', 'a thief').send({ refreshToken });
    await thief.expect(401);
    await call('get', '/users/1', own).expect(403);
    await call('patch', path, own).send({ password: 'another one', currentPassword: 'a wrong one' }).expect(403);
    await call('patch', path, own).send({ password: 'another one', currentPassword: password }).expect(200);
    await call('patch', path, admin).send({ disabled: true, password: 'yet another' }).expect(200);
    await call('post', '/sessions').send({ email, password: 'yet another' }).expect(401);
    await call('patch', path, admin).send({ disabled: false, admin: true }).expect(200);
    // It was so already.
    await call('patch', path, admin).send({ disabled: false, admin: true, name: 'New' }).expect(200);
    await call('patch', path, admin).send({ admin: false }).expect(200);
    const client = { grant_type: 'client_credentials', client_secret: 'x' };
    const token = (clientId: string) =>
      call('post', '/oauth/token')
        .type('form')
        .send({ ...client, client_id: clientId });
    await token('order-service').expect(401);
    await token(email).expect(401);

    const [who, log, refresh] = [`user:${String(user.id)}`, 'POST /sessions', 'POST /sessions/refresh'];
    const patch = `PATCH ${path}`;
    const [customer, both] = [['customer'], ['customer', 'admin']];
    expect(lines).toEqual(
      [
        ['authn_login_fail', 'anonymous', who, 'wrong-password', log],
        ['authn_login_fail', 'anonymous', undefined, 'unknown-account', log],
        ['authn_login_success', 'anonymous', who, 'success', log],
        ['authn_token_reuse', 'anonymous', who, 'success', refresh],
        ['authz_fail', who, undefined, 'forbidden', 'GET /users/1'],
        ['authn_password_change_fail', who, undefined, 'wrong-password', patch],
        ['authn_password_change', who, who, 'success', patch],
        ['authn_password_change', 'user:3', who, 'success', patch],
        ['user_disabled', 'user:3', who, 'success', patch],
        ['authn_login_fail', 'anonymous', who, 'disabled', log],
        ['authz_change', 'user:3', who, 'success', patch, { before: customer, roles: both }],
        ['user_enabled', 'user:3', who, 'success', patch],
        ['authz_change', 'user:3', who, 'success', patch, { before: both, roles: customer }],
        ['authn_login_fail', 'anonymous', 'client:order-service', 'wrong-secret', 'POST /oauth/token'],
        ['authn_login_fail', 'anonymous', undefined, 'unknown-client', 'POST /oauth/token'],
      ].map(([audit, actor, subject, outcome, request, details]) => ({
        ...{ audit, actor, subject, outcome, request, address },
        ...(details as object | undefined),
      })),
    );
  });
});

describe('npm run users', () => {
  const { logger: heard, lines } = auditedLogger('user-service');
  const run = (...args: string[]) => runUserCommand(args, { users: context.users, logger: heard });
  const rolesOf = async (id: number) => (await context.users.find(id))?.roles;

  test('makes an admin and takes it back, which ends their sessions, each with a line of who it was', async () => {
    const { user, session, password } = await signUp();
    const [email, line] = [user.email.toUpperCase(), `${String(user.id)}  ${user.email}  customer`];
    for (let again = 0; again < 2; again++)
      expect(await run('grant', email, 'admin')).toEqual({ exitCode: 0, said: `${line}, admin` });
    expect((await run('list')).said.split('\n')).toContain(`${line}, admin`);
    await request(app).get('/users/1').set('Authorization', bearer(session.accessToken)).expect(403);
    const { accessToken } = await logIn(user.email, password);
    await request(app).get('/users/1').set('Authorization', bearer(accessToken)).expect(200);
    expect(await run('revoke', email, 'admin')).toEqual({ exitCode: 0, said: line });
    await isOut(accessToken);
    const subject = `user:${String(user.id)}`;
    const [customer, admin] = [['customer'], ['customer', 'admin']];
    const entry = { audit: 'authz_change', actor: 'operator', subject, outcome: 'success' };
    expect(lines.splice(0)).toEqual([
      { ...entry, before: customer, roles: admin },
      { ...entry, before: admin, roles: customer },
    ]);
  });

  test('disables and enables', async () => {
    const { user, session, password } = await signUp();
    const line = `${String(user.id)}  ${user.email}  customer`;
    expect(await run('disable', user.email)).toEqual({ exitCode: 0, said: `${line}  disabled` });
    await isOut(session.accessToken);
    expect((await run('list')).said).toContain(`${line}  disabled`);
    expect(await run('enable', user.email)).toEqual({ exitCode: 0, said: line });
    await logIn(user.email, password);
    const by = { actor: 'operator', subject: `user:${String(user.id)}` };
    expect(lines.splice(0)).toMatchObject([
      { ...by, audit: 'user_disabled' },
      { ...by, audit: 'user_enabled' },
    ]);
  });

  test('of two at once none is lost', async () => {
    const { user } = await signUp();
    await Promise.all([
      run('grant', user.email, 'admin'),
      run('disable', user.email),
      run('grant', user.email, 'admin'),
    ]);
    expect(await rolesOf(user.id)).toEqual(['customer', 'admin']);
    expect(lines.splice(0)).toHaveLength(2);
  });

  test.each([
    [1, ['grant', 'nobody@example.com', 'admin']],
    [1, ['disable', 'nobody@example.com']],
    [2, []],
    [2, ['grant', 'admin@example.com']],
    [2, ['grant', 'admin@example.com', 'service']],
    [2, ['disable', 'admin@example.com', 'admin']],
    [2, ['list', 'admin@example.com']],
    [2, ['revoke', 'admin@example.com', 'admin', 'customer']],
  ])('ends with %i and changes nothing: %j', async (exitCode, args) => {
    expect(await run(...args)).toMatchObject({ exitCode });
    expect(lines).toEqual([]);
    expect(await context.users.find(3)).toMatchObject({ roles: ['customer', 'admin'], disabled: false });
  });
});
