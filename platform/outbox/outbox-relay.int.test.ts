import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import kafkajs from 'kafkajs';
import { Client } from 'pg';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TOPICS } from '../../contracts/topics.js';
import { createKafka } from '../kafka.js';
import { createLogger } from '../logger.js';
import { recordProgress } from '../../services/order/progress-store.js';
import {
  newOrder,
  openOrderDatabase,
  progress,
  type OrderDatabase,
} from '../../services/order/testing/order-database.js';
import { crashPointsIn } from '../../tests/support/crash-points.js';
import { server } from '../../tests/support/servers.js';
import { startSilentProxy } from '../../tests/support/silent-proxy.js';
import { readTopics, type TopicReader } from '../../tests/support/topic-reader.js';
import { waitFor } from '../../tests/support/wait-for.js';
import type { RunningLoop } from '../loop.js';
import { startOutboxRelay } from './outbox-relay.js';

const { Kafka, logLevel } = kafkajs;

let database: OrderDatabase;
let kafka: kafkajs.Kafka;
let reader: TopicReader;
const spans = new InMemorySpanExporter();
const relays: RunningLoop[] = [];
const lines: string[] = [];
const logger = createLogger({ service: 'order-service', level: 'info' }, { write: (line) => void lines.push(line) });

beforeAll(async () => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
  database = await openOrderDatabase();
  kafka = createKafka({ brokers: server('KAFKA_BROKERS').split(','), clientId: 'relay-test', logger });
  reader = await readTopics();
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});
afterAll(async () => {
  trace.disable();
  await reader.close();
  await database.close();
});

function startRelay(over: Partial<Parameters<typeof startOutboxRelay>[0]> = {}): RunningLoop {
  const relay = startOutboxRelay({
    databaseUrl: database.url,
    kafka,
    subject: { column: 'order_id', name: 'orderId' },
    topics: TOPICS,
    service: 'test',
    logger,
    registry: new Registry(),
    pollMs: 200,
    ...over,
  });
  relays.push(relay);
  return relay;
}

async function place(traceId = '0af7651916cd43dd8448eb211c80319c'): Promise<string> {
  const order = newOrder({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await database.store.place(order);
  return order.id;
}

async function runThrough(id: string): Promise<void> {
  const steps = [
    progress(id, 'reserve', { status: 'INVENTORY_RESERVED' }, { topic: 'inventory-reserved' }),
    progress(id, 'charge', { status: 'PAYMENT_COMPLETED' }, { topic: 'payment-completed' }),
    progress(id, 'commit', {}, { topic: 'delivery-completed' }, { topic: 'order-completed' }),
  ];
  for (const step of steps) await recordProgress(database.prisma, step, {});
}

const untilAllMarked = () =>
  waitFor(
    'all rows to be marked',
    async () => (await database.prisma.outboxEvent.count({ where: { publishedAt: null } })) === 0,
  );
const read = (id: string, count: number) =>
  waitFor(`${count} events of ${id}`, () => reader.of(id).length >= count && reader.of(id));

describe('the relay', () => {
  it('publishes each event once, as a CloudEvent under its order, and marks it', async () => {
    startRelay();
    const id = await place();
    const [message] = await read(id, 1);
    await untilAllMarked();
    expect(message).toMatchObject({
      topic: 'order-created',
      key: id,
      headers: { 'content-type': 'application/cloudevents+json' },
      event: { id: `${id}:order-created`, type: 'holdfast.order-created.v1', source: '/order-service', subject: id },
    });
    expect(reader.of(id)).toHaveLength(1);
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ message: 'event published', topic: 'order-created', orderId: id }),
    );
  });

  it('sends the events of an order in their sequence, across topics', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => place()));
    await Promise.all(ids.map(runThrough));
    startRelay({ batchSize: 7 });
    await untilAllMarked();
    for (const id of ids) {
      const messages = await read(id, 5);
      expect(messages.map(({ event }) => event.sequence).sort()).toEqual(['1', '2', '3', '4', '5']);
      const bySequence = [...messages].sort((a, b) => Number(a.event.sequence) - Number(b.event.sequence));
      // The broker's own time of each message, which doesn't go back.
      const times = bySequence.map(({ timestamp }) => Number(timestamp));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('makes a span of its own for each message, in the trace of its order', async () => {
    spans.reset();
    const traces = ['11111111111111111111111111111111', '22222222222222222222222222222222'];
    const ids = await Promise.all(traces.map(place));
    startRelay();
    for (const [index, id] of ids.entries()) {
      const [message] = await read(id, 1);
      const [, traceId, spanId] = message!.headers['traceparent']!.split('-');
      expect(traceId).toBe(traces[index]);
      const span = spans.getFinishedSpans().find((finished) => finished.spanContext().spanId === spanId);
      expect(span).toMatchObject({ name: 'send order-created', parentSpanContext: { spanId: 'b7ad6b7169203331' } });
    }
  });

  it('sends again, under the same id, what was sent but not marked', async () => {
    const id = await place();
    await withClient(async (client) => {
      // As if the relay died after each send: the mark never gets into the table.
      await client.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$`);
      await client.query('CREATE TRIGGER refuse BEFORE UPDATE ON outbox_events EXECUTE FUNCTION refuse()');
      startRelay();
      await read(id, 2);
      await client.query('DROP TRIGGER refuse ON outbox_events');
    });
    await untilAllMarked();
    expect(new Set(reader.of(id).map(({ event }) => event.id))).toEqual(new Set([`${id}:order-created`]));
  });

  it.each(['relay: before sending', 'relay: sent', 'relay: marked'] as const)(
    'killed at "%s" it loses nothing: the next one sends the rest, what was sent under the same id',
    async (point) => {
      const ids = await Promise.all(Array.from({ length: 3 }, () => place()));
      await Promise.all(ids.map(runThrough));
      const folder = await mkdtemp(path.join(os.tmpdir(), 'relay-'));
      const crashPoints = crashPointsIn(folder);
      await crashPoints.arm(point);
      const main = fileURLToPath(new URL('./testing/relay-main.ts', import.meta.url));
      const brokers = server('KAFKA_BROKERS');
      const args = ['--import', 'tsx', main, database.url, brokers, crashPoints.env.CRASH_POINTS_DIR];
      const relay = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
      expect(await once(relay, 'exit')).toEqual([null, 'SIGKILL']);
      await rm(folder, { recursive: true });
      const marked = await database.prisma.outboxEvent.count({
        where: { orderId: { in: ids }, publishedAt: { not: null } },
      });
      expect(marked).toBe(point === 'relay: marked' ? ids.length : 0);

      startRelay();
      await untilAllMarked();
      for (const id of ids) {
        const events = (await reader.hears(id, 5)).map(({ event }) => event);
        expect(events.map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4', '5']);
        await waitFor('all that was sent', () => reader.of(id).length >= (point === 'relay: sent' ? 6 : 5));
        const sent = reader.of(id).map(({ event }) => event.id);
        // Only the round that was sent and not marked goes twice.
        expect(sent).toHaveLength(point === 'relay: sent' ? 6 : 5);
        expect(new Set(sent).size).toBe(5);
      }
    },
  );

  it('never sends the next event of an order before the one before is marked', async () => {
    const id = await place();
    await runThrough(id);
    await withClient(async (client) => {
      await client.query(
        `CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$`,
      );
      await client.query('CREATE TRIGGER refuse BEFORE UPDATE ON outbox_events EXECUTE FUNCTION refuse()');
      startRelay();
      await read(id, 3);
      await client.query('DROP TRIGGER refuse ON outbox_events');
    });
    const early = reader
      .of(id)
      .slice(0, 3)
      .map(({ topic }) => topic);
    expect(early).toEqual(['order-created', 'order-created', 'order-created']);
    await untilAllMarked();
  });

  it('sends what was written by an older version as it is, and what comes after it', async () => {
    const id = await place();
    const old = { id: `${id}:order-created`, type: 'holdfast.order-created.v0', sequence: '1', data: { price: 1 } };
    await database.prisma.outboxEvent.updateMany({ where: { orderId: id }, data: { event: old } });
    await runThrough(id);
    startRelay();
    await untilAllMarked();
    const messages = await reader.hears(id, 5);
    expect(messages[0]?.event).toEqual(old);
  });

  it('waits for a Kafka that is not there, says so once, and loses nothing', async () => {
    lines.length = 0;
    const nowhere = createKafka({
      brokers: ['127.0.0.1:1'],
      clientId: 'relay-test',
      logger: createLogger({ service: 'test', level: 'fatal' }),
    });
    const waiting = startRelay({ kafka: nowhere });
    const id = await place();
    const waits = () => lines.filter((line) => line.includes('outbox relay waits to try again'));
    await waitFor('the relay to say that it waits', () => waits().length > 0);
    await runThrough(id);
    await waiting.stop();
    expect(waits()).toHaveLength(1);
    expect(reader.of(id)).toEqual([]);
    startRelay();
    expect((await read(id, 5)).map(({ event }) => event.sequence).sort()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('sends a backlog of big orders, which Kafka would not take as one batch', async () => {
    const ids = await Promise.all(Array.from({ length: 200 }, () => place()));
    for (const id of ids) await makeBigger(id, 60_000);
    lines.length = 0;
    startRelay();
    await untilAllMarked();
    for (const id of ids) await read(id, 1);
    expect(lines.filter((line) => line.includes('larger than the max message size'))).toEqual([]);
  });

  it.each([
    ['that is too big', (id: string) => makeBigger(id, 2_500_000)],
    ['for a topic that is not there', (id: string) => tellOf(id, { topic: 'no-such-topic' })],
  ])('an event %s holds up its own order alone, is told of again and again, and counted', async (_, spoil) => {
    lines.length = 0;
    const registry = new Registry();
    const counted = async () => (await registry.getSingleMetric('outbox_refused_events')?.get())?.values[0]?.value;
    const [bad = '', ...others] = await Promise.all(Array.from({ length: 5 }, () => place()));
    const [row] = await database.prisma.outboxEvent.findMany({ where: { orderId: bad } });
    await spoil(bad);
    for (const id of [bad, ...others]) await runThrough(id);
    startRelay({ registry, refusedAgainMs: 500 });
    for (const id of others) await reader.hears(id, 5);
    const refusals = () => lines.filter((line) => line.includes('event refused by Kafka'));
    await waitFor('it to be told of again', () => refusals().length >= 2, { timeoutMs: 30_000 });
    expect(JSON.parse(refusals()[0]!)).toMatchObject({ level: 'error', orderId: bad, event: `${bad}:order-created` });
    expect(await counted()).toBe(1);
    expect(reader.of(bad)).toEqual([]);

    await tellOf(bad, { topic: row!.topic, event: row!.event as object });
    const events = (await reader.hears(bad, 5)).map(({ event }) => event.sequence);
    expect(events).toEqual(['1', '2', '3', '4', '5']);
    await untilAllMarked();
    await waitFor('none to be refused', async () => (await counted()) === 0);
  });

  it('leaves a Kafka client that stands still without an error for a new one', async () => {
    const [host = '', port] = server('KAFKA_BROKERS').split(':');
    const proxy = await startSilentProxy({ host, port: Number(port) });
    const silent = new Kafka({
      brokers: [`${host}:${port}`],
      enforceRequestTimeout: false,
      logLevel: logLevel.NOTHING,
      socketFactory: ({ onConnect }) => connect(proxy.port, proxy.host, onConnect),
    });
    startRelay({ kafka: silent, sendLimitMs: 2_000 });
    await read(await place(), 1);
    await untilAllMarked();
    proxy.swallow();
    const after = await place();
    await read(after, 1);
    await untilAllMarked();
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await proxy.close();
  });

  it('is one of many: another takes over when the leader loses its session', async () => {
    for (let count = 0; count < 3; count++) startRelay();
    const leader = () =>
      database.prisma.$queryRaw<{ pid: number }[]>`
        SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    const [first] = await waitFor('a leader', async () => {
      const found = await leader();
      return found.length === 1 && found;
    });
    const before = await place();
    await read(before, 1);
    await database.prisma.$queryRaw`SELECT pg_terminate_backend(${first!.pid}::integer)`;
    const after = await place();
    await read(after, 1);
    const [next, ...others] = await waitFor('the next leader', async () => {
      const found = await leader();
      return found.length > 0 && found;
    });
    expect(others).toEqual([]);
    expect(next!.pid).not.toBe(first!.pid);
  });
});

const tellOf = (orderId: string, data: { topic?: string; event?: object }) =>
  database.prisma.outboxEvent.updateMany({ where: { orderId, sequence: 1 }, data });

/** Makes the first event of an order bigger by so many bytes that can't be compressed. */
async function makeBigger(orderId: string, bytes: number): Promise<void> {
  const { event } = await database.prisma.outboxEvent.findFirstOrThrow({ where: { orderId, sequence: 1 } });
  const ballast = randomBytes((bytes * 3) / 4).toString('base64');
  await tellOf(orderId, { event: { ...(event as object), ballast } });
}

async function withClient(work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
