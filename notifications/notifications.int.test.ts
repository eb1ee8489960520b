import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Kafka, Producer } from 'kafkajs';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderEvent } from '../contracts/events/order-event.js';
import type { Notification } from '../contracts/http/notifications.js';
import { createKafka } from '../platform/kafka.js';
import { createLogger } from '../platform/logger.js';
import { createTestDatabase } from '../tests/support/database.js';
import type { TestDatabase } from '../tests/support/database.js';
import { server } from '../tests/support/servers.js';
import { waitFor } from '../tests/support/wait-for.js';
import { createNotificationApp } from './app.js';
import type { NotificationConfig } from './config.js';
import { createContext } from './context.js';
import type { ConsumerOptions, NotificationContext } from './context.js';
import type { RetryRules } from './retry-rules.js';
import { runCommand } from './dead-letters/command.js';
import { orderEvent } from './testing/events.js';
import { startSmtpServer } from './testing/smtp-server.js';
import type { TestSmtpServer } from './testing/smtp-server.js';
import { TEST_AUDIENCE, TEST_ISSUER, startUserService } from './testing/user-service.js';
import type { TestUserService } from './testing/user-service.js';

const lines: string[] = [];
const logger = createLogger(
  { service: 'notification-service', level: 'warn' },
  { write: (line) => void lines.push(line) },
);
const quick = { firstPauseMs: 50, longestPauseMs: 100, tries: Infinity, withinMs: Infinity };
const rules: RetryRules = {
  'not-sent': { ...quick, tries: 3 },
  'channel-away': quick,
  'no-address': quick,
  'in-flight': quick,
  'not-kept': { ...quick, tries: 3 },
  'own-trouble': quick,
};

let database: TestDatabase;
let userService: TestUserService;
let smtp: TestSmtpServer;
let kafka: Kafka;
let producer: Producer;

beforeAll(async () => {
  database = await createTestDatabase('notifications/prisma/migrations');
  userService = await startUserService();
  for (const id of [1, 2, 3])
    userService.users.set(id, {
      id,
      valid: true,
      name: 'Bob',
      email: `bob-${randomUUID()}@example.com`,
      phone: null,
      address: null,
    });
  userService.users.set(4, { ...userService.users.get(1)!, id: 4, phone: '+82 10 1234 5678' });
  smtp = await startSmtpServer();
  kafka = createKafka({ brokers: server('KAFKA_BROKERS').split(','), clientId: 'test', logger });
  producer = kafka.producer();
  await producer.connect();
});

afterAll(async () => {
  await producer.disconnect();
  await smtp.close();
  await userService.close();
  await database.drop();
});

interface Running {
  context: NotificationContext;
  app: Express;
  options: Partial<ConsumerOptions> & { topics: string[]; deadLetterTopic: string; groupId: string };
  publish(event: OrderEvent): Promise<void>;
}

/** Topics and a group of its own, so that no other test's events come in between. */
function namesOfOurOwn(): Running['options'] {
  const name = `test-${randomUUID()}`;
  return { groupId: name, topics: [`${name}-orders`], deadLetterTopic: `${name}-dlq`, rules };
}

async function run(
  work: (running: Running) => Promise<void>,
  config: Partial<NotificationConfig> = {},
  options = namesOfOurOwn(),
): Promise<void> {
  const context = createContext(
    {
      SERVICE_NAME: 'notification-service',
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'fatal',
      DATABASE_URL: database.url,
      PRUNE_EVERY: 3_600_000,
      NOTIFICATIONS_KEPT_FOR: 90 * 86_400_000,
      KAFKA_BROKERS: server('KAFKA_BROKERS').split(','),
      JWT_ISSUER: TEST_ISSUER,
      JWT_AUDIENCE: TEST_AUDIENCE,
      USER_SERVICE_URL: [userService.url],
      OAUTH_CLIENT_ID: 'notification-service',
      OAUTH_CLIENT_SECRET: 'x',
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Holdfast <orders@holdfast.example>',
      ...config,
    },
    logger,
    options,
  );
  const app = createNotificationApp(context, { logger });
  const publish = async (event: OrderEvent) => {
    await producer.send({
      topic: options.topics[0]!,
      messages: [{ key: event.subject, value: JSON.stringify(event) }],
    });
  };
  try {
    await work({ context, app, options, publish });
  } finally {
    await context.close();
  }
}

async function ready(app: Express): Promise<void> {
  await waitFor('readiness', async () => (await request(app).get('/readyz')).status === 200);
}

async function statusesOf({ context }: Running, orderId: string): Promise<string[]> {
  const rows = await context.prisma.notification.findMany({ where: { orderId }, orderBy: { createdAt: 'asc' } });
  return rows.map(({ event, channel, status }) => `${event} ${channel} ${status}`);
}

const dlqOf =
  ({ options }: Running) =>
  (...args: string[]) =>
    runCommand(args, kafka, options.deadLetterTopic);

const mailsOf = (orderId: string) => smtp.taken.filter((mail) => mail.includes(orderId));

async function deadLettersOf({ options }: Running): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(options.deadLetterTopic);
  await admin.disconnect();
  return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
}

/** Waits for so many dead letters, and reads them. */
async function readDeadLetters(running: Running, count: number) {
  const read: { value: string; headers: Record<string, string> }[] = [];
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [running.options.deadLetterTopic], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ message }) => {
      const headers = Object.fromEntries(
        Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
      );
      read.push({ value: String(message.value), headers });
      return Promise.resolve();
    },
  });
  await waitFor(`${String(count)} dead letters`, () => read.length >= count);
  await consumer.disconnect();
  return read;
}

describe('from Kafka to the inbox', () => {
  test('each event that a customer is told of becomes one e-mail, read from a real inbox', async () => {
    await run(
      async (running) => {
        await ready(running.app);
        const orderId = randomUUID();
        const events = [
          orderEvent('order-created', orderId, 1),
          orderEvent('inventory-reserved', orderId, 1),
          orderEvent('payment-completed', orderId, 1),
          orderEvent('delivery-started', orderId, 1, { trackingNumber: 'TRK-77' }),
          orderEvent('delivery-completed', orderId, 1),
          orderEvent('order-completed', orderId, 1),
          orderEvent('order-cancelled', orderId, 1, { reason: 'DELIVERY_RETURNED' }),
        ];
        for (const event of [...events, ...events]) await running.publish(event);
        await waitFor('five rows, all sent', async () => {
          const statuses = await statusesOf(running, orderId);
          return statuses.length === 5 && statuses.every((status) => status.endsWith('EMAIL SENT'));
        });
        const inbox = await waitFor('five mails', async () => {
          const mails = (await (await fetch(`${server('INBOX_URL')}/email`)).json()) as {
            subject: string;
            text: string;
            to: { address: string }[];
          }[];
          const ours = mails.filter(({ text }) => text.includes(orderId));
          return ours.length >= 5 && ours;
        });
        expect(inbox.map(({ subject }) => subject.split(':')[0]).sort()).toEqual([
          'Delivered',
          'On its way',
          'Order cancelled',
          'Order received',
          'Payment confirmed',
        ]);
        expect(inbox.every(({ to }) => to[0]?.address === userService.users.get(1)?.email)).toBe(true);
        expect(inbox.find(({ subject }) => subject.startsWith('On its way'))?.text).toContain('TRK-77');
        expect(inbox.find(({ subject }) => subject.startsWith('Order received'))?.text).toContain('₩3,500,000');
        expect(inbox.find(({ subject }) => subject.startsWith('Order cancelled'))?.text).toContain(
          'the parcel came back to us',
        );
      },
      { SMTP_URL: server('SMTP_URL') },
    );
  });

  test('events from before the first start are told of; after a restart none is told again', async () => {
    const options = namesOfOurOwn();
    const orderId = randomUUID();
    // One key: one partition, so that who has read the second event has read the first.
    const publish = async (event: OrderEvent) => {
      await producer.send({ topic: options.topics[0]!, messages: [{ key: 'one', value: JSON.stringify(event) }] });
    };
    const untilSent = (id: string) => async (running: Running) => {
      await waitFor('the mail', async () => (await statusesOf(running, id)).includes('order-created EMAIL SENT'));
    };
    await run(({ app }) => ready(app), {}, { ...options, groupId: randomUUID() });
    await publish(orderEvent('order-created', orderId, 1));
    await run(untilSent(orderId), {}, options);
    const last = randomUUID();
    await publish(orderEvent('order-created', last, 1));
    // Another group reads all of it again, as after offsets were lost.
    await run(untilSent(last), {}, { ...options, groupId: randomUUID() });
    expect(mailsOf(orderId)).toHaveLength(1);
  });

  test('while the user service is away they wait, and go when it is back', async () => {
    await run(async (running) => {
      await ready(running.app);
      userService.up = false;
      const orderId = randomUUID();
      await running.publish(orderEvent('order-created', orderId, 2));
      await waitFor('the row waits', async () =>
        (await statusesOf(running, orderId)).includes('order-created EMAIL PENDING'),
      );
      userService.up = true;
      await waitFor('the mail', async () => (await statusesOf(running, orderId)).includes('order-created EMAIL SENT'), {
        timeoutMs: 30_000,
      });
      expect(mailsOf(orderId)).toHaveLength(1);
      expect(await deadLettersOf(running)).toBe(0);
    });
  });

  test('what is no event goes to the dead letters at once, with what is wrong, and holds nobody up', async () => {
    await run(async (running) => {
      await ready(running.app);
      const orderId = randomUUID();
      const event = orderEvent('order-created', orderId, 1);
      const newer = { ...event, partitionkey: 'new', data: { ...event.data, couponId: 'new' } };
      const unfit = { ...event, data: { ...event.data, lines: [], totalPrice: '1' } };
      const values = ['{ not json', JSON.stringify(unfit), '', JSON.stringify(newer)];
      for (const value of values)
        await producer.send({ topic: running.options.topics[0]!, messages: [{ key: orderId, value }] });
      await waitFor('the mail', async () => (await statusesOf(running, orderId)).includes('order-created EMAIL SENT'));
      const errors = (await readDeadLetters(running, 3)).map(({ headers }) => headers['dlq-error']);
      expect(errors).toEqual([
        'not an event as documented: it is no JSON object',
        'not an event as documented: data.lines: Too small: expected array to have >=1 items; data.totalPrice: Invalid input: expected number, received string',
        'not an event as documented: it is no JSON object',
      ]);
    });
  });

  test('a mail that is refused each time ends among the dead letters, from where it goes when it can', async () => {
    await run(async (running) => {
      await ready(running.app);
      const orderId = randomUUID();
      let asked = 0;
      smtp.misbehave = (command) => (command === 'RCPT' ? (asked++, '550 no such mailbox') : undefined);
      await running.publish(orderEvent('order-created', orderId, 3));
      await waitFor('it is given up', async () =>
        (await statusesOf(running, orderId)).includes('order-created EMAIL FAILED'),
      );
      expect(asked).toBe(3);
      expect(await deadLettersOf(running)).toBe(1);

      smtp.misbehave = () => undefined;
      const dlq = dlqOf(running);
      expect(await dlq('resend', '--all')).toContain('1 sent again');
      await waitFor('the mail', async () => (await statusesOf(running, orderId)).includes('order-created EMAIL SENT'));
      expect(await dlq('resend', '--all')).toBe('0 sent again');
      expect(mailsOf(orderId)).toHaveLength(1);
    });
  });

  test('a mail that may have gone is a dead letter, which is sent again only by its id', async () => {
    await run(async (running) => {
      await ready(running.app);
      const orderId = randomUUID();
      smtp.misbehave = (command) => (command === '.' ? 'hang up' : undefined);
      await running.publish(orderEvent('order-created', orderId, 3));
      await waitFor('it is lost track of', async () =>
        (await statusesOf(running, orderId)).includes('order-created EMAIL FAILED'),
      );
      smtp.misbehave = () => undefined;

      const dlq = dlqOf(running);
      expect(await dlq('list')).toContain('whether it went is not known');
      expect(await dlq('resend', '--all')).toMatch(/^0 sent again\n\d+-\d+ may have gone: give its id/);
      const [id = ''] = /^\d+-\d+/m.exec(await dlq('list')) ?? [];
      expect(await dlq('resend', id)).toContain(`${id} sent again`);
      await waitFor('the mail', async () => (await statusesOf(running, orderId)).includes('order-created EMAIL SENT'));
      expect(mailsOf(orderId)).toHaveLength(1);
      expect(await dlq('list')).toBe('no dead letters');
    });
  });

  test('an SMS that is lost track of beside an e-mail that is refused: both are given up, and it is said once', async () => {
    await run(async (running) => {
      await ready(running.app);
      const orderId = randomUUID();
      const event = orderEvent('order-created', orderId, 4);
      // As a process leaves it that died in sending.
      const of = { eventId: event.id, orderId, userId: 4, event: 'order-created', channel: 'SMS', status: 'PENDING' };
      await running.context.prisma.notification.create({ data: { ...of, id: randomUUID(), sendingAt: new Date(0) } });
      smtp.misbehave = (command) => (command === 'RCPT' ? '550 no such mailbox' : undefined);
      await running.publish(event);
      await waitFor('both are over', async () => {
        const statuses = await statusesOf(running, orderId);
        return statuses.length === 2 && statuses.every((status) => status.endsWith('FAILED'));
      });
      smtp.misbehave = () => undefined;
      const said = () =>
        lines.filter((line) => line.includes('"notification lost track of"') && line.includes(orderId));
      await waitFor('it is said', () => said().length > 0);
      expect(said()).toHaveLength(1);
    });
  });

  test("an operator's try that is lost too is not made again by who reads its message again", async () => {
    const options = namesOfOurOwn();
    const [orderId, last] = [randomUUID(), randomUUID()];
    // One key: who has read the last event has read those before it.
    const publish = async (event: OrderEvent) => {
      await producer.send({ topic: options.topics[0]!, messages: [{ key: 'one', value: JSON.stringify(event) }] });
    };
    const sent = (running: Running, id: string) =>
      waitFor('the mail', async () => (await statusesOf(running, id)).includes('order-created EMAIL SENT'));
    const lost = (running: Running, letters: number) =>
      waitFor('it is lost', async () => {
        const isOver = (await statusesOf(running, orderId)).includes('order-created EMAIL FAILED');
        return isOver && (await deadLettersOf(running)) === letters;
      });
    const idOf = async (running: Running) => /^\d+-\d+/m.exec(await dlqOf(running)('list'))?.[0] ?? '';

    smtp.misbehave = (command) => (command === '.' ? 'hang up' : undefined);
    await run(
      async (running) => {
        await ready(running.app);
        await publish(orderEvent('order-created', orderId, 3));
        await lost(running, 1);
        await dlqOf(running)('resend', await idOf(running));
        // The first, the note beside it, and the second.
        await lost(running, 3);
      },
      {},
      options,
    );
    smtp.misbehave = () => undefined;
    await publish(orderEvent('order-created', last, 3));
    await run(
      async (running) => {
        await sent(running, last);
        expect(mailsOf(orderId)).toHaveLength(0);
        await dlqOf(running)('resend', await idOf(running));
        await sent(running, orderId);
        expect(mailsOf(orderId)).toHaveLength(1);
      },
      {},
      { ...options, groupId: randomUUID() },
    );
  });

  test('an event that the database refuses to keep ends among the dead letters, and holds nobody up', async () => {
    await run(async (running) => {
      await ready(running.app);
      const [poison, next] = [randomUUID(), randomUUID()];
      const refusing = `ALTER TABLE notifications ADD CONSTRAINT refusing CHECK (order_id <> '${poison}')`;
      await running.context.prisma.$executeRawUnsafe(refusing);
      // One key: the second waits in its partition behind the first.
      for (const orderId of [poison, next]) {
        const value = JSON.stringify(orderEvent('order-created', orderId, 1));
        await producer.send({ topic: running.options.topics[0]!, messages: [{ key: 'one', value }] });
      }
      await waitFor('the mail', async () => (await statusesOf(running, next)).includes('order-created EMAIL SENT'));
      const [letter] = await readDeadLetters(running, 1);
      expect(letter?.headers['dlq-error']).toBe('the database refuses it (23514)');
      const { text } = await request(running.app).get('/metrics');
      expect(text).toMatch(/^notification_dead_letters_total\{.*\} 1$/m);
      expect(await deadLettersOf(running)).toBe(1);

      await running.context.prisma.$executeRaw`ALTER TABLE notifications DROP CONSTRAINT refusing`;
      expect(await dlqOf(running)('resend', '--all')).toContain('1 sent again');
      await waitFor('the mail', async () => (await statusesOf(running, poison)).includes('order-created EMAIL SENT'));
    });
  });

  test('a dead letter carries the message as it was, and the error', async () => {
    await run(async (running) => {
      await ready(running.app);
      const event = orderEvent('order-created', randomUUID(), 404);
      await producer.send({
        topic: running.options.topics[0]!,
        messages: [{ key: event.subject, value: JSON.stringify(event), headers: { traceparent: 'tp' } }],
      });
      const [letter] = await readDeadLetters(running, 1);
      expect(JSON.parse(letter?.value ?? '')).toEqual(event);
      expect(letter).toMatchObject({
        headers: {
          traceparent: 'tp',
          'dlq-topic': running.options.topics[0],
          'dlq-offset': '0',
          'dlq-error': 'there is no such user',
        },
      });
    });
  });
});

describe('the dead letters', () => {
  test('are listed, shown and sent again one by one, each once; one that fails again comes back as a new one', async () => {
    await run(async (running) => {
      const dlq = dlqOf(running);
      expect(await dlq('list')).toBe('no dead letters');
      await ready(running.app);
      const [gone, refused] = [randomUUID(), randomUUID()];
      smtp.misbehave = (command) => (command === 'RCPT' ? '550 no such mailbox' : undefined);
      await running.publish(orderEvent('order-created', gone, 404));
      await running.publish(orderEvent('order-created', refused, 3));
      const listed = await waitFor('two letters', async () => {
        const lines = (await dlq('list')).split('\n');
        return lines.length === 3 && lines;
      });
      smtp.misbehave = () => undefined;
      expect(listed[0]).toMatch(/^ID +TIME +TOPIC +ABOUT +ERROR$/);
      const lineOf = (orderId: string) => listed.find((line) => line.includes(orderId)) ?? '';
      expect(lineOf(gone)).toMatch(/^\d-\d+ +\d{4}-.*Z +test-.*-orders +.* there is no such user$/);
      const [goneId = ''] = lineOf(gone).split(' ');
      const [refusedId = ''] = lineOf(refused).split(' ');

      expect(await dlq('show', refusedId)).toMatch(
        new RegExp(
          `^id: ${refusedId}\n[^]*error: EMAIL: EENVELOPE 550\n[^]*dlq-offset: \\d[^]*"orderId": "${refused}"`,
        ),
      );
      expect(await dlq('resend', refusedId)).toContain(`${refusedId} sent again to ${running.options.topics[0]!}`);
      await expect(dlq('resend', refusedId)).rejects.toThrow(`${refusedId} was sent again before`);
      await expect(dlq('show', refusedId)).rejects.toThrow('was sent again before');
      await waitFor('the mail', async () => (await statusesOf(running, refused)).includes('order-created EMAIL SENT'));

      expect(await dlq('resend', goneId)).toContain('sent again');
      const again = await waitFor('a new letter', async () => {
        const text = await dlq('list');
        return text.includes(gone) && !text.includes(`${goneId} `) && text;
      });
      expect(again).not.toContain(refused);
      expect(mailsOf(refused)).toHaveLength(1);
    });
  });

  test.each([
    [[], 'npm run dlq -- list'],
    [['list', '1-1'], 'npm run dlq -- list'],
    [['show'], 'npm run dlq -- list'],
    [['resend'], 'npm run dlq -- list'],
    [['resend', '--all', '1-1'], 'npm run dlq -- list'],
    [['show', 'x'], '"x" is no id'],
    [['show', '5-99'], '5-99 is no dead letter that lies there'],
    [['resend', '5-99'], '5-99 is no dead letter that lies there'],
  ])('%j is answered with what is wrong', async (args, said) => {
    await expect(runCommand(args, kafka, 'test-nothing-dlq')).rejects.toThrow(said);
  });

  test('Kafka away is said by its address', () => {
    const { KAFKA_BROKERS: _, ...env } = process.env;
    const program = spawnSync(process.execPath, ['--import', 'tsx', 'notifications/dlq.ts', 'list'], {
      env: { ...env, KAFKA_BROKERS: '127.0.0.1:1' },
      encoding: 'utf8',
    });
    expect(program).toMatchObject({ status: 1, stdout: '' });
    expect(program.stderr).toMatch(/^Kafka at 127\.0\.0\.1:1: .*ECONNREFUSED.*\n$/);
  });
});

describe('without the mail server', () => {
  test.each(['down', 'hanging'])('%s: SMS go on, mails wait, over a restart of ours, and none is lost', async (how) => {
    const away = await startSmtpServer();
    const options = namesOfOurOwn();
    const orders = [randomUUID(), randomUUID(), randomUUID()];
    const mail = { SMTP_URL: away.url };
    const sms = async (running: Running) =>
      (await Promise.all(orders.map((id) => statusesOf(running, id)))).flat().filter((row) => row.endsWith('SMS SENT'));
    lines.length = 0;
    const triesOf = (id: string) =>
      lines.filter((line) => line.includes('notification is tried again') && line.includes(id)).length;
    away.misbehave = (command) => (command === 'greeting' ? 'hang' : undefined);
    if (how === 'down') await away.close();
    await run(
      async (running) => {
        await ready(running.app);
        for (const id of orders) await running.publish(orderEvent('order-created', id, 4));
        await waitFor('more tries than a refused message has', () => orders.some((id) => triesOf(id) > 3), {
          timeoutMs: 40_000,
        });
        expect(await sms(running)).not.toEqual([]);
        expect(await deadLettersOf(running)).toBe(0);
      },
      mail,
      options,
    );
    const port = Number(new URL(away.url).port);
    const back = how === 'down' ? await startSmtpServer(port) : away;
    away.misbehave = () => undefined;
    await run(
      async (running) => {
        await waitFor('the mails', () => orders.every((id) => back.taken.some((text) => text.includes(id))), {
          timeoutMs: 30_000,
        });
        await waitFor('all to be told', async () => {
          const rows = (await Promise.all(orders.map((id) => statusesOf(running, id)))).flat();
          return rows.length === 6 && rows.every((row) => row.endsWith('SENT'));
        });
        expect(await deadLettersOf(running)).toBe(0);
      },
      mail,
      options,
    );
    expect(back.taken).toHaveLength(orders.length);
    await back.close();
  });
});

describe('without Kafka', () => {
  test('it runs, says what is missing, and reads when Kafka comes', async () => {
    // A port that leads to Kafka from a certain moment on.
    const [host, port] = server('KAFKA_BROKERS').split(':') as [string, string];
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const gate = (probe.address() as AddressInfo).port;
    await new Promise((resolve) => probe.close(resolve));

    const orderId = randomUUID();
    await run(
      async (running) => {
        await request(running.app).get('/healthz').expect(200);
        const answer = await waitFor('an answer of /readyz', () => request(running.app).get('/readyz'));
        expect(answer.status).toBe(503);
        expect((answer.body as { missing: { name: string }[] }).missing.map(({ name }) => name)).toContain('kafka');
        const through = createServer((socket) => {
          const broker = connect(Number(port), host);
          socket.pipe(broker).pipe(socket);
          for (const side of [socket, broker]) side.on('error', () => undefined);
        }).listen(gate, '127.0.0.1');
        try {
          await ready(running.app);
          await running.publish(orderEvent('order-created', orderId, 1));
          await waitFor('the mail', async () =>
            (await statusesOf(running, orderId)).includes('order-created EMAIL SENT'),
          );
        } finally {
          through.close();
        }
      },
      { KAFKA_BROKERS: [`127.0.0.1:${String(gate)}`] },
    );
  });
});

describe('GET /notifications', () => {
  test("one's own, newest first, by order, in pages; an admin sees all", async () => {
    await run(async ({ app, context }) => {
      const orders = [randomUUID(), randomUUID(), randomUUID()];
      // Not so old that they are pruned.
      const begin = Date.now();
      const at = (second: number) => new Date(begin + second * 1_000);
      const row = (orderId: string, userId: number, second: number) => ({
        id: randomUUID(),
        eventId: `${orderId}:order-created`,
        orderId,
        userId,
        event: 'order-created',
        channel: 'EMAIL',
        status: 'SENT',
        sentAt: at(second),
        createdAt: at(second),
      });
      await context.prisma.notification.createMany({
        data: [row(orders[0]!, 71, 1), row(orders[1]!, 71, 2), row(orders[2]!, 72, 3)],
      });
      const get = async (path: string, token: string, status = 200) =>
        (await request(app).get(path).set('Authorization', `Bearer ${token}`).expect(status)).body as {
          items: Notification[];
          nextCursor: string | null;
        };
      const own = await userService.userToken(71);
      const admin = await userService.userToken(3, 'admin');
      const ids = ({ items }: { items: Notification[] }) => items.map(({ orderId }) => orderId);

      expect(ids(await get('/notifications', own))).toEqual([orders[1], orders[0]]);
      expect(ids(await get(`/notifications?orderId=${orders[0]!}`, own))).toEqual([orders[0]]);
      expect(ids(await get(`/notifications?orderId=${orders[2]!}`, own))).toEqual([]);
      expect(ids(await get('/notifications?userId=72', admin))).toEqual([orders[2]]);
      expect(ids(await get(`/notifications?orderId=${orders[2]!}`, admin))).toEqual([orders[2]]);
      const first = await get('/notifications?limit=1', own);
      const second = await get(`/notifications?limit=1&cursor=${first.nextCursor!}`, own);
      expect([...ids(first), ...ids(second)]).toEqual([orders[1], orders[0]]);
      expect(second.nextCursor).toBeNull();
      expect(first.items[0]).toMatchObject({
        userId: 71,
        event: 'order-created',
        channel: 'EMAIL',
        status: 'SENT',
        sentAt: at(2).toISOString(),
      });

      await get('/notifications?userId=72', own, 403);
      await get('/notifications?price=1', own, 400);
      await request(app).get('/notifications').expect(401);
    });
  });
});
