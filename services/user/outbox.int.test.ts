import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkedEventOfAny } from '../../contracts/events/user-event.js';
import { USER_TOPICS } from '../../contracts/topics.js';
import { clientOn, createPool } from '../../platform/database/pool.js';
import { createKafka } from '../../platform/kafka.js';
import { createLogger } from '../../platform/logger.js';
import { startOutboxRelay } from '../../platform/outbox/outbox-relay.js';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.js';
import { pruneOnce } from '../../tests/support/prune-once.js';
import { server } from '../../tests/support/servers.js';
import { readTopics } from '../../tests/support/topic-reader.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { PrismaClient } from './prisma/generated/client.js';
import { prunableOfUsers } from './prunable.js';
import { createUserStore } from './user-store.js';

const logger = createLogger({ service: 'test', level: 'fatal' });

let database: TestDatabase;
let prisma: PrismaClient;
beforeAll(async () => {
  database = await createTestDatabase('services/user/prisma/migrations');
  prisma = clientOn(createPool({ url: database.url, size: 2, service: 'test', logger }), PrismaClient);
});
afterAll(async () => {
  await prisma.$disconnect();
  await database.drop();
});

/** No other test's user has such an id. */
const newUser = () =>
  prisma.user.create({
    data: {
      id: Math.ceil(Math.random() * 2 ** 31) - 1,
      email: `alice-${String(Math.random())}@example.com`,
      name: 'Alice',
      roles: ['customer'],
      passwordHash: 'old',
    },
  });
const toldOf = (userId: number) => prisma.outboxEvent.findMany({ where: { userId }, orderBy: { id: 'asc' } });

test('a new password is told of, once for each, whoever writes it, and in the same transaction', async () => {
  const users = createUserStore(prisma);
  const { id, version } = await newUser();
  const before = Date.now();
  await users.update(id, { passwordHash: 'new' });
  await prisma.$executeRaw`UPDATE users SET password_hash = 'newer' WHERE id = ${id}`;
  const told = await toldOf(id);
  expect(told).toHaveLength(2);
  for (const { eventId, topic, event } of told) {
    expect(checkedEventOfAny(event)).toEqual(event);
    expect(event).toMatchObject({
      id: eventId,
      type: `holdfast.${topic}.v1`,
      subject: String(id),
      data: { userId: id },
    });
    expect(Math.abs(Date.parse((event as { time: string }).time) - before)).toBeLessThan(60_000);
  }
  expect(new Set(told.map(({ eventId }) => eventId)).size).toBe(2);

  await users.update(id, { name: 'Alicia', phone: '+82 2-555-0101' });
  await users.update(id, { disabled: true });
  expect(await users.update(id, { passwordHash: 'stale' }, [version])).toBe('stale');
  const undone = prisma.$transaction(async (tx) => {
    await tx.user.update({ where: { id }, data: { passwordHash: 'undone' } });
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await toldOf(id)).toHaveLength(2);
});

test('what is told of a user reaches Kafka under their id, and is pruned a month later', async () => {
  const { id } = await newUser();
  await prisma.user.update({ where: { id }, data: { passwordHash: 'new' } });
  const kafka = createKafka({ brokers: server('KAFKA_BROKERS').split(','), clientId: 'test', logger });
  const reader = await readTopics();
  const relay = startOutboxRelay({
    ...{ databaseUrl: database.url, kafka, topics: USER_TOPICS, service: 'test', logger, registry: new Registry() },
    subject: { column: 'user_id', name: 'userId' },
  });
  try {
    const event = await reader.sees(String(id), 'user-password-changed');
    expect(event).toEqual((await toldOf(id))[0]?.event);
    await waitFor('it to be marked', async () => (await toldOf(id))[0]?.publishedAt ?? undefined);
  } finally {
    await Promise.all([reader.close(), relay.stop()]);
  }

  const tables = prunableOfUsers({ SESSION_ENDS_AFTER: 86_400_000 });
  await prisma.user.update({ where: { id }, data: { passwordHash: 'newer' } });
  const age = (days: number) =>
    prisma.$executeRaw`UPDATE outbox_events SET published_at = now() - ${days} * interval '1 day' WHERE published_at IS NOT NULL`;
  await age(29);
  await pruneOnce(database.url, tables);
  expect(await toldOf(id)).toHaveLength(2);
  await age(31);
  await pruneOnce(database.url, tables);
  expect((await toldOf(id)).map(({ publishedAt }) => publishedAt)).toEqual([null]);
});
