import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { Server } from 'node:http';
import net from 'node:net';
import kafkajs from 'kafkajs';
import type { IResourceConfigEntry } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../support/ports.js';
import { waitUntil } from '../support/probes.js';
import { createKafkaUi } from './app.js';
import { connectTo } from './cluster.js';

if (!process.env.KAFKA_BROKERS) throw new Error('KAFKA_BROKERS is not set: these tests need a real Kafka');
const brokers = process.env.KAFKA_BROKERS.split(',');
const run = `kafka-ui-${randomUUID()}`;
const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
const admin = kafka.admin();
// What is sent again because its answer was lost must not be there twice.
const producer = kafka.producer({ idempotent: true });

const servers: Server[] = [];

async function browse(
  brokers: string[],
): Promise<(path: string) => Promise<{ status: number; text: string; headers: Headers }>> {
  const server = createKafkaUi({ brokers }).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  return async (path) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    // Without the white space between tags, and with what a reader sees in their place.
    const text = (await answer.text()).replace(/\s+/g, ' ').replace(/> </g, '><');
    return { status: answer.status, text, headers: answer.headers };
  };
}

async function topic(name: string, numPartitions: number = 3, configEntries: IResourceConfigEntry[] = []) {
  await admin.createTopics({
    topics: [{ topic: `${run}-${name}`, numPartitions, configEntries }],
    waitForLeaders: false,
  });
  // kafkajs's own waiting fails where the broker doesn't know the topic yet.
  const hasLeaders = async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [`${run}-${name}`] });
    return topics[0]?.partitions.every(({ leader }) => leader >= 0) ?? false;
  };
  await waitUntil(hasLeaders, { within: 10_000, what: `the topic ${name}` });
  return `${run}-${name}`;
}

/**
 * What stands in the cells of a row.
 * @param cell one of them
 */
function rowOf(text: string, cell: string) {
  const row = text.split('<tr>').find((one) => one.includes(`>${cell}<`)) ?? '';
  return [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, inside = '']) => inside.replace(/<[^>]*>/g, ''));
}

/** The offsets of a partition in the order in which a page names them. */
function offsetsOf(text: string, partition: number) {
  return [...text.matchAll(/partition (\d+), offset (\d+)<\/a>/g)]
    .filter(([, one]) => Number(one) === partition)
    .map(([, , offset]) => Number(offset));
}

const olderAddress = (text: string) => /<a rel="next" href="([^"]+)">older/.exec(text)?.[1]?.replaceAll('&amp;', '&');

let page: Awaited<ReturnType<typeof browse>>;

beforeAll(async () => {
  await Promise.all([admin.connect(), producer.connect()]);
  page = await browse(brokers);
});

afterAll(async () => {
  for (const server of servers) server.close();
  const { groups } = await admin.listGroups();
  const ours = groups.map(({ groupId }) => groupId).filter((name) => name.includes(run));
  if (ours.length > 0) await admin.deleteGroups(ours);
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter((name) => name.startsWith(run)) });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});

describe('a question to Kafka', () => {
  /** Asks what fails once; says how often it was asked. */
  const askedAfter = async (error: Error) => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return asked === 1 ? Promise.reject(error) : Promise.resolve();
    };
    await connectTo(brokers)(ask).catch(() => undefined);
    return asked;
  };

  it('is asked again where what it is about moves', async () => {
    const gone = () => Object.assign(new Error('no such topic'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    expect(await askedAfter(gone())).toBe(2);
    expect(await askedAfter(new Error('gave up', { cause: gone() }))).toBe(2);
    const stumbled = Object.assign(new TypeError('null'), {
      stack: 'TypeError: null\n    at f (/kafkajs/src/index.js:1:1)',
    });
    expect(await askedAfter(stumbled)).toBe(2);
  });

  it('is not where it is a mistake, or nobody answers', async () => {
    expect(await askedAfter(new TypeError('ours'))).toBe(1);
    expect(await askedAfter(new kafkajs.KafkaJSConnectionError('refused'))).toBe(1);
  });
});

describe('topics and groups', () => {
  it('count messages, and how far behind a group is', async () => {
    const name = await topic('lag', 2);
    const messages = Array.from({ length: 5 }, (_, index) => ({ partition: 1, value: `${index}` }));
    await producer.send({ topic: name, messages: [{ partition: 0, value: 'alone' }, ...messages] });

    const group = `${run}-readers`;
    const consumer = kafka.consumer({ groupId: group });
    await consumer.connect();
    await consumer.subscribe({ topics: [name], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const offset = `${Number(message.offset) + 1}`;
        if (partition === 1 && message.offset === '1')
          await consumer.commitOffsets([{ topic: name, partition, offset }]);
      },
    });
    const committed = async () => (await admin.fetchOffsets({ groupId: group, topics: [name] }))[0]?.partitions ?? [];
    await waitUntil(async () => (await committed()).some(({ offset }) => offset === '2'), {
      within: 20_000,
      what: 'the commit of two messages',
    });

    const { text } = await page(`/groups/${group}`);
    expect(text).toContain('Stable');
    const lags = [...text.matchAll(/<tr>(?:(?!<\/tr>).)*<\/tr>/g)]
      .map(([row]) => [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, '')))
      .filter(([first]) => first === name);
    expect(lags).toEqual([
      [name, '0', 'kafkajs', 'nothing yet', '1', '1'],
      [name, '1', 'kafkajs', '2', '5', '3'],
    ]);
    const home = (await page('/')).text;
    expect(rowOf(home, name)).toEqual([name, '2', '6']);
    expect(rowOf(home, group)).toEqual([group, 'Stable', '1', '1', '4']);

    await consumer.disconnect();
    expect(rowOf((await page('/')).text, group)).toEqual([group, 'Empty', '0', '1', '4']);
  });
});

describe('messages', () => {
  it('come newest first, page by page, all of them once', async () => {
    const name = await topic('pages');
    // Partition 2 has times that run backwards.
    const messages = Array.from({ length: 60 }, (_, index) => ({
      partition: index % 3,
      value: `${index}`,
      timestamp: `${1_700_000_000_000 + (index % 3 === 2 ? -index : index) * 1000}`,
    }));
    await producer.send({ topic: name, messages });

    const seen: Record<number, number[]> = { 0: [], 1: [], 2: [] };
    let address = `/topics/${name}`;
    for (let pages = 1; address; pages += 1) {
      const { text } = await page(address);
      for (const partition of [0, 1, 2]) seen[partition]?.push(...offsetsOf(text, partition));
      if (pages === 1) expect(offsetsOf(text, 1).slice(0, 2)).toEqual([19, 18]);
      expect(pages).toBeLessThan(5);
      address = olderAddress(text) ?? '';
    }
    const all = Array.from({ length: 20 }, (_, index) => 19 - index);
    expect(seen).toEqual({ 0: all, 1: all, 2: all });

    const one = (await page(`/topics/${name}?partition=1&offset=4`)).text;
    expect([offsetsOf(one, 0), offsetsOf(one, 1)]).toEqual([[], [4, 3, 2, 1, 0]]);
  });

  it('show key, headers, time and value, and lead to all events of their order in sequence', async () => {
    const [created, paid, dead] = await Promise.all([topic('created'), topic('paid'), topic('dead', 6)]);
    const key = `ord_${randomUUID()}`;
    const event = (sequence: number, fact = {}) =>
      JSON.stringify({ sequence: `${sequence}`, data: { orderId: key, ...fact } });
    const timestamp = `${Date.parse('2026-01-02T03:04:05.678Z')}`;
    await producer.send({ topic: paid, messages: [{ key, value: event(2, { paymentId: 'pay_1' }), timestamp: '1' }] });
    await producer.send({
      topic: created,
      messages: [{ key, value: event(1), timestamp, headers: { traceparent: '00-ab-cd-01' } }],
    });
    await producer.send({ topic: created, messages: [{ key: 'another', value: event(9) }] });
    await producer.send({
      topic: dead,
      messages: [{ key, value: 'no event', headers: { 'dlq-error': 'not an event as documented' } }],
    });

    const found = (await page(`/topics/${created}?key=${key}`)).text;
    expect(found).toContain('traceparent</th><td><code>00-ab-cd-01<');
    expect(found).toContain('2026-01-02 <b>03:04:05.678</b>');
    expect(found).toContain(
      `{ &quot;sequence&quot;: &quot;1&quot;, &quot;data&quot;: { &quot;orderId&quot;: &quot;${key}`,
    );
    expect(found).toContain(`/by-key?key=${key}`);
    expect(found).not.toContain('another');

    const story = (await page(`/by-key?key=${key}`)).text;
    const told = [...story.matchAll(/<a href="\/topics\/[^"/]+">([^<]+)</g)].map(([, name]) => name);
    expect(told).toEqual([created, paid, dead]);
    expect(story).toContain('<b>paymentId</b> pay_1');
    expect(story).toContain('not an event as documented');

    const own = /href="(\/topics\/[^"]+\/\d+\/\d+)"/.exec(story)?.[1] ?? '';
    expect((await page(own)).text).toContain('00-ab-cd-01');
  });

  it('can be anything: markup, bytes, nothing, too much', async () => {
    const anyTime = { name: 'message.timestamp.after.max.ms', value: '9223372036854775807' };
    const name = await topic('anything', 1, [anyTime]);
    const markup = '<script>alert("x")</script>';
    await producer.send({
      topic: name,
      messages: [
        { key: markup, value: markup, headers: { [markup]: markup, 'an-error': markup } },
        { value: JSON.stringify({ [markup]: markup }) },
        { value: Buffer.from([0xff, 0xfe, 0x00]) },
        { value: null },
        { value: JSON.stringify({ data: 'a text' }) },
        { value: 'at no time', timestamp: '9000000000000000' },
        { value: `${'x'.repeat(19_999)}é the end` },
      ],
    });
    const list = await page(`/topics/${name}`);
    expect(list.text).not.toContain('<script');
    expect(list.text).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    expect(list.text).toContain('ff fe 00');
    expect(list.text).toContain('(no value)');
    expect(list.text).toContain('<b>data</b> a text');
    expect(list.text).toContain('<time>unknown</time>');
    expect(offsetsOf(list.text, 0)).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(list.text).not.toContain('the end');
    expect(list.text).not.toContain('78 78');
    expect(list.text).toContain(`<a href="/topics/${name}/0/6">All of its 20,009 bytes</a>`);
    expect((await page(`/topics/${name}/0/6`)).text).toContain('é the end');
    const csp = list.headers.get('content-security-policy') ?? '';
    expect(csp).toContain("default-src 'none'");
    expect(csp).not.toContain('script-src');

    await admin.setOffsets({ groupId: `${run}<script>`, topic: name, partitions: [{ partition: 0, offset: '7' }] });
    for (const address of ['/', `/by-key?key=${encodeURIComponent(markup)}`]) {
      const { status, text } = await page(address);
      expect(status, text).toBe(200);
      expect(text).not.toContain('<script');
    }
  });

  it('of transactions come without their marks', async () => {
    const name = await topic('transactions', 1);
    const careful = kafka.producer({ transactionalId: name, maxInFlightRequests: 1, idempotent: true });
    await careful.connect();
    const kept = await careful.transaction();
    await kept.send({ topic: name, messages: [{ value: 'kept' }] });
    await kept.commit();
    const dropped = await careful.transaction();
    await dropped.send({ topic: name, messages: [{ value: 'dropped' }] });
    await dropped.abort();
    await careful.disconnect();

    const { text } = await page(`/topics/${name}`);
    expect(offsetsOf(text, 0)).toEqual([0]);
    expect((await page(`/topics/${name}/0/1`)).status).toBe(404);
  });

  it('are read without a trace', async () => {
    const name = await topic('traces');
    await producer.send({ topic: name, messages: [{ value: 'read me' }] });
    const groups = async () => (await admin.listGroups()).groups.map(({ groupId }) => groupId);
    const before = await groups();
    expect((await page(`/topics/${name}`)).text).toContain('read me');
    const ours = (await groups()).filter((group) => group.startsWith('holdfast-kafka-ui-'));
    expect(ours.filter((group) => !before.includes(group))).toEqual([]);
  });
});

describe('what is not there', () => {
  it.each([
    ['/nothing', 404, 'There is no such page'],
    ['/topics/nothing', 404, 'no topic named nothing'],
    ['/groups/nothing', 404, 'no consumer group named nothing'],
    ['/topics/NAME?partition=7', 404, 'has partitions 0 to 0'],
    ['/topics/NAME?partition=x', 400, 'partition must be a whole number'],
    ['/topics/NAME?partition=0&offset=1', 404, 'has offsets 0 to 0'],
    ['/topics/NAME?partition=0&offset=-1', 400, 'offset must be a whole number'],
    ['/topics/NAME?offset=0', 400, 'choose one'],
    ['/topics/NAME?before=0:99999999999999999999', 400, 'offset must be a whole number'],
    ['/topics/NAME/0/1', 404, 'has offsets 0 to 0'],
    ['/topics/NAME/0/none', 400, 'offset must be a whole number'],
    ['/topics/%E0%A4%A', 400, 'can not be read'],
    ['/by-key', 400, 'Which order?'],
  ])('%s: %i', async (address, status, says) => {
    if (!existing) {
      existing = await topic('existing', 1);
      await producer.send({ topic: existing, messages: [{ value: '1' }] });
    }
    const answer = await page(address.replace('NAME', existing));
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(says);
  });
  let existing = '';
});

it.each([
  ['localhost:9000', 200],
  ['127.0.0.1', 200],
  ['evil.example:9000', 403],
])('asked by the name %s it answers %i', async (host, status) => {
  const server = createKafkaUi({ brokers }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const asked = http.get({ port, path: '/style.css', headers: { host } });
  const [answer] = (await once(asked, 'response')) as [http.IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(status);
});

describe('while Kafka is away', () => {
  it('says so, and goes on when it is back', async () => {
    const [port = 0] = await freePorts(1);
    const page = await browse([`127.0.0.1:${port}`]);
    const away = await page('/');
    expect(away.status).toBe(503);
    expect(away.text).toContain('Kafka does not answer');
    expect(away.text).toContain(`127.0.0.1:${port}`);
    expect(away.text).toContain('http-equiv="refresh"');
    expect((await page('/healthz')).status).toBe(200);

    // The way to the real one opens, and closes again.
    const [host = '', realPort = ''] = (brokers[0] ?? '').split(':');
    const sockets: Set<net.Socket> = new Set();
    const way = net.createServer((socket) => {
      const onwards = net.connect(Number(realPort), host);
      for (const end of [socket, onwards]) sockets.add(end.on('error', () => undefined));
      socket.pipe(onwards).pipe(socket);
    });
    await new Promise((resolve) => way.listen(port, '127.0.0.1', () => resolve(undefined)));
    expect((await page('/')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => way.close(resolve));
    expect((await page('/')).status).toBe(503);
  });
});
