import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createServiceToken } from '../clients/service-token.js';
import { createUserClient } from '../clients/user-client.js';
import { eventIdOf } from '../contracts/events/order-event.js';
import { exampleUserEvent } from '../contracts/events/published-files.js';
import type { Topic } from '../contracts/topics.js';
import { clientOn, createPool } from '../platform/database/pool.js';
import { Registry } from 'prom-client';
import { createLogger } from '../platform/logger.js';
import { createTestDatabase } from '../tests/support/database.js';
import type { TestDatabase } from '../tests/support/database.js';
import { pruneOnce } from '../tests/support/prune-once.js';
import { createEmailChannel } from './channels/email-channel.js';
import type { EmailChannel } from './channels/email-channel.js';
import { createSimulatedSms } from './channels/channel.js';
import {
  createNotificationStore,
  listNotifications,
  toNotification,
  type NotificationStore,
} from './notification-store.js';
import { PrismaClient } from './prisma/generated/client.js';
import { prunableOfNotifications } from './prunable.js';
import { createTellCustomer } from './tell-customer.js';
import type { Asked, TellCustomer } from './tell-customer.js';
import { orderEvent } from './testing/events.js';
import { startSmtpServer } from './testing/smtp-server.js';
import type { TestSmtpServer } from './testing/smtp-server.js';
import { startUserService } from './testing/user-service.js';
import type { TestUserService } from './testing/user-service.js';

const lines: string[] = [];
const logger = createLogger(
  { service: 'notification-service', level: 'info' },
  { write: (line) => void lines.push(line) },
);
const user = { valid: true, name: 'Alice', email: 'alice@example.com', address: null };
const leaseMs = 60_000;
const keptForMs = 90 * 86_400_000;

let database: TestDatabase;
let prisma: PrismaClient;
let store: NotificationStore;
let userService: TestUserService;
let smtp: TestSmtpServer;
let email: EmailChannel;
let tell: TellCustomer;
let orderId: string;
let registry: Registry;

beforeAll(async () => {
  database = await createTestDatabase('notifications/prisma/migrations');
  prisma = clientOn(createPool({ url: database.url, size: 10, service: 'test', logger }), PrismaClient);
  store = createNotificationStore(prisma);
  userService = await startUserService();
  userService.users.set(1, { ...user, id: 1, phone: '+82 10 1234 5678' });
  userService.users.set(2, { ...user, id: 2, phone: null });
});

afterAll(async () => {
  await prisma.$disconnect();
  await userService.close();
  await database.drop();
});

beforeEach(async () => {
  orderId = randomUUID();
  lines.length = 0;
  registry = new Registry();
  smtp = await startSmtpServer();
  const urls = [userService.url];
  email = createEmailChannel({ smtpUrl: smtp.url, from: 'Holdfast <orders@holdfast.example>' });
  tell = createTellCustomer({
    store,
    users: createUserClient({
      urls,
      token: createServiceToken({ urls, clientId: 'notification-service', clientSecret: 'x' }),
    }),
    channels: { EMAIL: email, SMS: createSimulatedSms(logger) },
    leaseMs,
    keptForMs,
    registry,
    logger,
  });
});

afterEach(async () => {
  email.close();
  await smtp.close();
});

const told = (topic: Topic, userId: number, again = false) =>
  tell(orderEvent(topic, orderId, userId, { trackingNumber: 'TRK-1' }), { again });

/** Our database fails at changes of these rows while `work` runs. */
async function refusing(which: string, work: () => Promise<void>): Promise<void> {
  const fails = `CREATE OR REPLACE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE 'no' USING ERRCODE = '53100'; END $$`;
  await prisma.$executeRawUnsafe(fails);
  await prisma.$executeRawUnsafe(
    `CREATE TRIGGER no BEFORE UPDATE ON notifications FOR EACH ROW WHEN (${which}) EXECUTE FUNCTION no()`,
  );
  await work().finally(() => prisma.$executeRaw`DROP TRIGGER no ON notifications`);
}

const LOST = { done: false, hindrance: undefined, reason: 'whether it went is not known' };

const rows = () => prisma.notification.findMany({ where: { orderId }, orderBy: { channel: 'asc' } });
/** As an operator asks by the id of a letter that was written now. */
const asked = async () => {
  const [{ sendingAt: evenIfSentBy } = { sendingAt: null }] = await rows();
  if (evenIfSentBy === null) throw new Error('nothing of it may have gone');
  return () => tell(orderEvent('order-created', orderId, 1), { again: true, evenIfSentBy });
};
const statuses = async () => Object.fromEntries((await rows()).map(({ channel, status }) => [channel, status]));

test('by e-mail, and by SMS where there is a phone; each once, however often the event comes', async () => {
  expect(await told('delivery-started', 1)).toEqual({ done: true });
  expect(await told('delivery-started', 1)).toEqual({ done: true });
  expect(await told('delivery-started', 1, true)).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(1);
  expect(smtp.taken[0]).toMatch(/^Message-ID:\s+<[^>]+delivery-started\.EMAIL@notifications\.holdfast>$/m);
  expect(smtp.taken[0]).toContain('TRK-1');
  expect(await statuses()).toEqual({ EMAIL: 'SENT', SMS: 'SENT' });
  expect(lines.filter((line) => line.includes('"SMS simulated"'))).toHaveLength(1);
});

test('of a new password its owner is told, once, and it is about no order', async () => {
  const example = exampleUserEvent('user-password-changed');
  const event = { ...example, id: randomUUID(), time: new Date().toISOString(), data: { userId: 2 } };
  expect(await tell(event, { again: false })).toEqual({ done: true });
  expect(await tell(event, { again: false })).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(1);
  expect(smtp.taken[0]).toContain('Subject: Your password was changed');
  const listed = await listNotifications(prisma, { userId: 2, orderId: undefined, after: undefined, limit: 1 });
  expect(listed.map(toNotification)).toMatchObject([{ event: 'user-password-changed', orderId: null, status: 'SENT' }]);
});

test.each(['at first', 'after a try that did not go'])('of ten at the same time one sends, %s', async (when) => {
  if (when !== 'at first') {
    smtp.misbehave = (command) => (command === 'RCPT' ? '451 not now' : undefined);
    await told('order-created', 2);
    smtp.misbehave = () => undefined;
  }
  // None goes on before all have seen how it stands.
  let looked = 0;
  let allLooked = () => {};
  const all = new Promise<void>((resolve) => (allLooked = resolve));
  const real = { ...store };
  store.open = async (...wanted) => {
    const row = await real.open(...wanted);
    if (++looked === 10) allLooked();
    await all;
    return row;
  };
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => told('order-created', 2))).finally(() =>
    Object.assign(store, real),
  );
  expect(smtp.taken).toHaveLength(1);
  expect(await statuses()).toEqual({ EMAIL: 'SENT' });
  for (const outcome of outcomes)
    expect(outcome).toSatisfy((it: typeof outcome) => it.done || it.hindrance === 'in-flight');
});

test('topics that are not for customers are not told of', async () => {
  expect(await told('inventory-reserved', 1)).toEqual({ done: true });
  expect(await rows()).toHaveLength(0);
});

test("the log tells what was sent to which order, and nobody's address", async () => {
  await told('order-created', 1);
  const sent = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ message }) => message === 'notification sent');
  expect(sent).toMatchObject([
    { channel: 'EMAIL', event: 'order-created', orderId },
    { channel: 'SMS', event: 'order-created', orderId },
  ]);
  expect(lines.join('')).not.toMatch(/alice@|1234 5678/);
});

test.each(['EHLO', 'MAIL', 'RCPT', 'DATA', '.'])(
  'a server that refuses at %s has not taken it: it is sent later',
  async (where) => {
    smtp.misbehave = (command) =>
      command === where || (where === 'EHLO' && command === 'HELO') ? '451 not now, alice@example.com' : undefined;
    const outcome = await told('order-created', 2);
    expect(outcome).toMatchObject({ done: false, hindrance: where === 'EHLO' ? 'channel-away' : 'not-sent' });
    expect(JSON.stringify(outcome)).not.toContain('alice@');
    expect(await statuses()).toEqual({ EMAIL: 'PENDING' });
    smtp.misbehave = () => undefined;
    expect(await told('order-created', 2)).toEqual({ done: true });
    expect(smtp.taken).toHaveLength(1);
  },
);

test.each(['EHLO', 'MAIL', 'RCPT'])('a server that hangs up at %s has not taken it either', async (where) => {
  smtp.misbehave = (command) => (command === where ? 'hang up' : undefined);
  expect(await told('order-created', 2)).toMatchObject({ done: false, hindrance: 'channel-away' });
  smtp.misbehave = () => undefined;
  expect(await told('order-created', 2)).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(1);
});

test('a server that closes for everybody (421) is away; one that does not answer is, too, and SMS go on', async () => {
  smtp.misbehave = (command) => (command === 'greeting' ? 'hang' : undefined);
  expect(await told('order-created', 1)).toMatchObject({ done: false, hindrance: 'channel-away' });
  expect(await statuses()).toEqual({ EMAIL: 'PENDING', SMS: 'SENT' });
  smtp.misbehave = (command) => (command === 'RCPT' ? '421 closing' : undefined);
  expect(await told('order-created', 1)).toMatchObject({ done: false, hindrance: 'channel-away' });
});

test('a connection kept from an earlier message that the server closed costs nothing', async () => {
  await told('order-created', 2);
  let hungUp = 0;
  smtp.misbehave = (command) => (command === 'MAIL' && hungUp++ === 0 ? 'hang up' : undefined);
  expect(await told('payment-completed', 2)).toMatchObject({ done: false, hindrance: 'channel-away' });
  expect(await told('payment-completed', 2)).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(2);
});

test('a mail server that is away: later', async () => {
  await smtp.close();
  expect(await told('order-created', 2)).toMatchObject({
    done: false,
    hindrance: 'channel-away',
    reason: expect.stringContaining('ECONNREFUSED') as string,
  });
  expect(await statuses()).toEqual({ EMAIL: 'PENDING' });
});

test('the connection lost after the message: it may have been taken, so never again but by an operator who wants that', async () => {
  smtp.misbehave = (command) => (command === '.' ? 'hang up' : undefined);
  expect(await told('order-created', 1)).toEqual(LOST);
  expect(await store.markLost(eventIdOf(orderId, 'order-created'))).toEqual(['EMAIL']);
  expect(await statuses()).toEqual({ EMAIL: 'FAILED', SMS: 'SENT' });
  expect((await rows())[0]?.error).toBe('whether it went is not known');
  expect(await store.markLost(eventIdOf(orderId, 'order-created'))).toEqual([]);
  smtp.misbehave = () => undefined;
  expect(await told('order-created', 1)).toEqual({ done: true });
  expect(await told('order-created', 1, true)).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(0);
  const ask = await asked();
  for (let times = 0; times < 2; times++) expect(await ask()).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(1);
  expect(await statuses()).toEqual({ EMAIL: 'SENT', SMS: 'SENT' });
});

test('an operator who wants what may have gone gets one try, also when that is lost and read again', async () => {
  smtp.misbehave = (command) => (command === '.' ? 'hang up' : undefined);
  expect(await told('order-created', 1)).toEqual(LOST);
  await store.markLost(eventIdOf(orderId, 'order-created'));
  const ask = await asked();
  expect(await ask()).toEqual(LOST);
  await store.markLost(eventIdOf(orderId, 'order-created'));
  smtp.misbehave = () => undefined;
  expect(await ask()).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(0);
  expect(await (await asked())()).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(1);
});

test('found half done: waited for while its lease runs, then over and never sent', async () => {
  const event = orderEvent('order-created', orderId, 2);
  const { id } = await store.open({ eventId: event.id, orderId, userId: 2, event: 'order-created' }, 'EMAIL', null);
  expect(await store.claim(id, new Date())).toBe(true);
  expect(await store.claim(id, new Date())).toBe(false);
  expect(await told('order-created', 2)).toMatchObject({ done: false, hindrance: 'in-flight' });
  await prisma.notification.update({ where: { id }, data: { sendingAt: new Date(Date.now() - leaseMs) } });
  expect(await told('order-created', 2)).toEqual(LOST);
  await store.markLost(event.id);
  expect(await told('order-created', 2)).toEqual({ done: true });
  expect(await statuses()).toEqual({ EMAIL: 'FAILED' });
  expect(smtp.taken).toHaveLength(0);
});

test.each(['within', 'after'])(
  'a mail that certainly did not go is sent later, also where that could not be written down %s its lease',
  async (when) => {
    smtp.misbehave = (command) => (command === 'RCPT' ? '451 not now' : undefined);
    await refusing('OLD.sending_at IS NOT NULL', () => expect(told('order-created', 2)).rejects.toThrow('no'));
    if (when === 'after') {
      // Another process, which can only think that whoever sent it died.
      await store.markLost(eventIdOf(orderId, 'order-created'));
    }
    smtp.misbehave = () => undefined;
    expect(await told('order-created', 2)).toEqual({ done: true });
    expect(smtp.taken).toHaveLength(1);
    expect(await statuses()).toEqual({ EMAIL: 'SENT' });
  },
);

test('a mail that certainly went is shown as sent, also where that could not be written down at once', async () => {
  await refusing('OLD.sending_at IS NOT NULL', () => expect(told('order-created', 2)).rejects.toThrow('no'));
  expect(await statuses()).toEqual({ EMAIL: 'PENDING' });
  userService.up = false;
  expect(await told('order-created', 2)).toMatchObject({ done: false, hindrance: 'no-address' });
  userService.up = true;
  expect(await statuses()).toEqual({ EMAIL: 'SENT' });
  expect(await told('order-created', 2)).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(1);
});

test.each(['new', 'there already'])(
  'a claim of what is %s, of which we never heard, sends nothing and is given back',
  async (what) => {
    if (what !== 'new') {
      smtp.misbehave = (command) => (command === 'RCPT' ? '451 not now' : undefined);
      await told('order-created', 2);
      smtp.misbehave = () => undefined;
    }
    const real = { ...store };
    try {
      store.open = async (...wanted) => {
        const row = await real.open(...wanted);
        if (row.isNew) throw new Error('the connection is lost');
        return row;
      };
      store.claim = async (...wanted) => {
        await real.claim(...wanted);
        throw new Error('the connection is lost');
      };
      await expect(told('order-created', 2)).rejects.toThrow('the connection is lost');
    } finally {
      Object.assign(store, real);
    }
    expect((await rows())[0]?.sendingAt).toBeInstanceOf(Date);
    expect(await told('order-created', 2)).toEqual({ done: true });
    expect(smtp.taken).toHaveLength(1);
    expect(await statuses()).toEqual({ EMAIL: 'SENT' });
  },
);

test('a claim is released by whose it is alone, however late that is said', async () => {
  const event = orderEvent('order-created', orderId, 2);
  const { id } = await store.open({ eventId: event.id, orderId, userId: 2, event: 'order-created' }, 'EMAIL', null);
  const [first, second] = [new Date(1_000), new Date(2_000)];
  await store.claim(id, first);
  await store.releaseClaim(event.id, 'EMAIL', first);
  expect(await store.claim(id, second)).toBe(true);
  await store.releaseClaim(event.id, 'EMAIL', first);
  expect(await store.claim(id, new Date())).toBe(false);
});

test('what was given up goes when it is asked for again, and not before', async () => {
  smtp.misbehave = (command) => (command === 'RCPT' ? '550 no' : undefined);
  await told('order-created', 2);
  await store.giveUp(orderEvent('order-created', orderId, 2).id, 'enough');
  smtp.misbehave = () => undefined;
  expect(await told('order-created', 2)).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(0);
  expect(await told('order-created', 2, true)).toEqual({ done: true });
  expect(smtp.taken).toHaveLength(1);
  expect(await statuses()).toEqual({ EMAIL: 'SENT' });
});

test('the user service away: later; no such user: never', async () => {
  userService.up = false;
  expect(await told('order-created', 2)).toMatchObject({ done: false, hindrance: 'no-address' });
  userService.up = true;
  expect(await statuses()).toEqual({ EMAIL: 'PENDING' });
  expect(await told('order-created', 2)).toEqual({ done: true });
  expect(await tell(orderEvent('order-created', randomUUID(), 404), { again: false })).toMatchObject({
    done: false,
    hindrance: undefined,
  });
});

test('an order in a currency that can not be written is no reason to try for ever', async () => {
  const event = orderEvent('order-created', orderId, 2, { currency: 'won' + '!' });
  expect(await tell(event, { again: false })).toMatchObject({ done: false, hindrance: undefined });
});

describe('what is no longer kept', () => {
  beforeEach(() => prisma.notification.deleteMany());

  const prune = () => pruneOnce(database.url, prunableOfNotifications({ NOTIFICATIONS_KEPT_FOR: keptForMs }), 1);
  /** As if all of it were older by so many days. */
  const old = async (days: number, userId: number, asked: Asked = { again: false }) => {
    await prisma.$executeRaw`UPDATE notifications SET created_at = now() - ${days} * interval '1 day' WHERE order_id = ${orderId}`;
    const event = orderEvent('order-created', orderId, userId);
    return { again: () => tell({ ...event, time: new Date(Date.now() - days * 86_400_000).toISOString() }, asked) };
  };

  test('goes when it was sent, and Kafka has its event again: it is told to nobody', async () => {
    await told('order-created', 1);
    const event = await old(92, 1);
    expect(await prune()).toBe(2);
    expect(await rows()).toHaveLength(0);
    expect(await event.again()).toEqual({ done: true });
    expect(smtp.taken).toHaveLength(1);
    expect(await rows()).toHaveLength(0);
  });

  test('no channel that is gone is told again because another one is still there', async () => {
    await told('order-created', 1);
    const event = await old(92, 1);
    await prisma.notification.deleteMany({ where: { orderId, channel: 'EMAIL' } });
    expect(await event.again()).toEqual({ done: true });
    expect(smtp.taken).toHaveLength(1);
    expect(await statuses()).toEqual({ SMS: 'SENT' });
  });

  test('stays while its event may come again as one that is told', async () => {
    await told('order-created', 1);
    await old(90.5, 1);
    expect(await prune()).toBe(0);
  });

  test('was given up: it stays, and its dead letter can be sent again', async () => {
    smtp.misbehave = () => '550 no';
    await told('order-created', 2);
    await store.giveUp(eventIdOf(orderId, 'order-created'), 'no');
    smtp.misbehave = () => undefined;
    const letter = await old(400, 2, { again: true });
    expect(await prune()).toBe(0);
    expect(await letter.again()).toEqual({ done: true });
    expect(smtp.taken).toHaveLength(1);
    expect(await statuses()).toEqual({ EMAIL: 'SENT' });
  });

  test('is asked for by an operator, who hears that nobody knows whether it was told', async () => {
    await told('order-created', 2);
    const letter = await old(400, 2, { again: true });
    expect(await prune()).toBe(1);
    expect(await letter.again()).toMatchObject({ done: false, hindrance: undefined });
    expect(smtp.taken).toHaveLength(1);
  });

  test('waits: it stays', async () => {
    smtp.misbehave = () => '451 not now';
    await told('order-created', 2);
    await old(92, 2);
    expect(await prune()).toBe(0);
  });

  test('may have gone: it stays, and who wants it all the same can have it sent', async () => {
    smtp.misbehave = (command) => (command === '.' ? 'hang up' : undefined);
    expect(await told('order-created', 2)).toEqual(LOST);
    await store.markLost(eventIdOf(orderId, 'order-created'));
    smtp.misbehave = () => undefined;
    const letter = await old(400, 2, { again: true, evenIfSentBy: new Date() });
    expect(await prune()).toBe(0);
    expect(await letter.again()).toEqual({ done: true });
    expect(smtp.taken).toHaveLength(1);
    expect(await statuses()).toEqual({ EMAIL: 'SENT' });
  });
});
