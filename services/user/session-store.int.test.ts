import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clientOn, createPool } from '../../platform/database/pool.js';
import { createLogger } from '../../platform/logger.js';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.js';
import { pruneOnce } from '../../tests/support/prune-once.js';
import { PrismaClient } from './prisma/generated/client.js';
import { prunableOfUsers } from './prunable.js';
import { createSessionStore, type SessionStore } from './session-store.js';

const dayMs = 86_400_000;
const endsAfterMs = 90 * dayMs;
const tables = prunableOfUsers({ SESSION_ENDS_AFTER: endsAfterMs });

let database: TestDatabase;
let prisma: PrismaClient;
let userId: number;
beforeAll(async () => {
  database = await createTestDatabase('services/user/prisma/migrations');
  const logger = createLogger({ service: 'test', level: 'fatal' });
  prisma = clientOn(createPool({ url: database.url, size: 2, service: 'test', logger }), PrismaClient);
  const data = { email: 'alice@example.com', name: 'Alice', roles: ['customer'], passwordHash: 'x' };
  ({ id: userId } = await prisma.user.create({ data }));
});
afterAll(async () => {
  await prisma.$disconnect();
  await database.drop();
});
beforeEach(() => prisma.$executeRaw`TRUNCATE refresh_tokens, ended_sessions`);

/** As if it were so many days ago. */
const sessions = (daysAgo: number) =>
  createSessionStore(prisma, { endsAfterMs, now: () => new Date(Date.now() - daysAgo * dayMs) });

async function begun(daysAgo: number): Promise<string> {
  const session = await sessions(daysAgo).begin(userId, 'x');
  if (session === undefined) throw new Error('no session');
  return session.refreshToken;
}

/** As a client sees it, who isn't told why not. */
async function refresh(store: SessionStore, token: string, client = 'a browser') {
  const outcome = await store.refresh(token, client);
  return outcome !== undefined && 'refreshToken' in outcome ? outcome : undefined;
}

async function refreshed(token: string, daysAgo: number): Promise<string> {
  const session = await refresh(sessions(daysAgo), token);
  if (session === undefined) throw new Error(`not refreshed ${String(daysAgo)} days ago`);
  return session.refreshToken;
}

test('a session ends when it is old, however often it is refreshed', async () => {
  let token = await begun(91);
  for (const daysAgo of [70, 50, 30, 10, 2]) token = await refreshed(token, daysAgo);
  expect(await refresh(sessions(0), token)).toBeUndefined();
});

test('of a session that goes on no token is pruned: one that is used twice ends it, however long ago it was spent', async () => {
  const stolen = await begun(89);
  let token = stolen;
  for (const daysAgo of [70, 50, 30, 10]) token = await refreshed(token, daysAgo);
  // Another log-in of the same user takes none away either.
  await begun(0);
  expect(await pruneOnce(database.url, tables)).toBe(0);
  expect(await sessions(0).refresh(stolen, 'a browser')).toEqual({ reusedOf: userId });
  expect(await refresh(sessions(0), token)).toBeUndefined();
});

test('the client that has just spent a token gets another for it, and nobody else, nor later', async () => {
  const at = Date.now();
  const after = (ms: number) => createSessionStore(prisma, { endsAfterMs, now: () => new Date(at + ms) });
  for (const [ms, client, usable] of [
    [9_999, 'a browser', true],
    [10_000, 'a browser', false],
    [0, 'another browser', false],
  ] as const) {
    const token = await begun(0);
    const first = await refresh(after(0), token);
    const second = await refresh(after(ms), token, client);
    expect(second !== undefined).toBe(usable);
    expect((await refresh(after(ms), first?.refreshToken ?? '')) !== undefined).toBe(usable);
    // The moment begins with the first time.
    expect(await refresh(after(10_001), token)).toBeUndefined();
    expect(await refresh(after(10_001), second?.refreshToken ?? '')).toBeUndefined();
  }
});

test('a session that is over is pruned whole, and no token of it is of use after that', async () => {
  let token = await begun(91);
  const tokens = [token];
  for (const daysAgo of [70, 50, 30]) tokens.push((token = await refreshed(token, daysAgo)));
  const other = await begun(1);
  expect(await pruneOnce(database.url, tables)).toBe(4);
  for (const one of tokens) expect(await refresh(sessions(0), one)).toBeUndefined();
  await refreshed(other, 0);
});

test('that a session has ended is known for as long as an access token of it lives', async () => {
  const token = await begun(0);
  await sessions(0).end(token);
  await prisma.endedSession.create({ data: { id: 'before', endedAt: new Date(Date.now() - 2 * 3_600_000) } });
  expect(await pruneOnce(database.url, tables)).toBe(1);
  expect(await prisma.endedSession.count({ where: { id: { not: 'before' } } })).toBe(1);
});

test('whom an operator disables just after the end of a session has its last access tokens ended too', async () => {
  await begun(90);
  expect(await pruneOnce(database.url, tables)).toBe(0);
  await prisma.user.update({ where: { id: userId }, data: { roles: [] } });
  expect(await prisma.endedSession.count()).toBe(1);
});

test('whom an operator deletes by SQL has their last access tokens ended too', async () => {
  const data = { email: 'gone@example.com', name: 'Gone', roles: ['customer'], passwordHash: 'x' };
  const { id } = await prisma.user.create({ data });
  await sessions(0).begin(id, 'x');
  await prisma.$executeRaw`DELETE FROM users WHERE id = ${id}`;
  expect(await prisma.endedSession.count()).toBe(1);
});

test('a session that was refreshed within the hour is kept, also where its end was moved to before now', async () => {
  await refreshed(await refreshed(await begun(40), 20), 0);
  const shorter = prunableOfUsers({ SESSION_ENDS_AFTER: 30 * dayMs });
  expect(await pruneOnce(database.url, shorter)).toBe(0);
  await prisma.user.update({ where: { id: userId }, data: { passwordHash: 'y' } });
  expect(await prisma.endedSession.count()).toBe(1);
});
