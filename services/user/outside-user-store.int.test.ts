import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientOn, createPool } from '../../platform/database/pool.js';
import { createLogger } from '../../platform/logger.js';
import { createTestDatabase } from '../../tests/support/database.js';
import type { TestDatabase } from '../../tests/support/database.js';
import { createOutsideUserStore } from './outside-user-store.js';
import { PrismaClient } from './prisma/generated/client.js';

/** Requests at once, with a connection each: all have looked before the first has written. */
const CROWD = 10;

let database: TestDatabase;
let prisma: PrismaClient;
beforeAll(async () => {
  database = await createTestDatabase('services/user/prisma/migrations');
  const logger = createLogger({ service: 'test', level: 'fatal' });
  prisma = clientOn(createPool({ url: database.url, size: CROWD, service: 'test', logger }), PrismaClient);
});
afterAll(async () => {
  await prisma.$disconnect();
  await database.drop();
});

const person = (changes: object = {}) => ({
  issuer: 'https://provider.test',
  subject: 'carol',
  email: 'carol@example.com',
  emailVerified: true,
  name: 'Carol',
  ...changes,
});

test('one person is one user, however many ask at the same time', async () => {
  const store = createOutsideUserStore(prisma);
  const asked = await Promise.all(Array.from({ length: CROWD }, () => store.findOrCreate(person())));
  expect(asked.map(({ outcome }) => outcome).sort()).toEqual(['created', ...Array<string>(CROWD - 1).fill('known')]);
  expect(await prisma.user.count()).toBe(1);
  expect(await prisma.outsideIdentity.count()).toBe(1);
});

test('the same subject of another provider is somebody else', async () => {
  const other = person({ issuer: 'https://other.test', email: 'other@example.com' });
  expect(await createOutsideUserStore(prisma).findOrCreate(other)).toMatchObject({ outcome: 'created' });
});

test('whom an operator has linked is that user, whatever address the token has', async () => {
  const user = await prisma.user.create({
    data: { email: 'dave@example.com', name: 'Dave', roles: ['customer', 'admin'], passwordHash: 'x' },
  });
  const dave = person({ subject: 'dave', email: 'dave@example.com' });
  const store = createOutsideUserStore(prisma);
  expect(await store.findOrCreate(dave)).toEqual({ outcome: 'email-of-another-user' });
  // As the decision's page has it.
  await prisma.$executeRaw`INSERT INTO outside_identities (issuer, subject, user_id) VALUES ('https://provider.test', 'dave', ${user.id})`;
  const linked = { outcome: 'known', user: { id: user.id, roles: ['customer', 'admin'] } };
  expect(await store.findOrCreate(dave)).toMatchObject(linked);
  expect(await store.findOrCreate(person({ subject: 'dave', emailVerified: false }))).toMatchObject(linked);
});
