import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKafka } from '../../../platform/kafka.js';
import { createLogger } from '../../../platform/logger.js';
import { mailsAbout, mailsArrive } from '../../support/inbox.js';
import { openShop, placeOrder, reaches, stockedProduct, type Shop } from '../../support/shop.js';
import { readTopics, type TopicReader } from '../../support/topic-reader.js';
import { whileStopped } from '../../support/while-stopped.js';
import type { OneApp } from './one-app.js';

const ORDERS = 6;
/** A step that a busy machine makes ask for an operator rests for half a minute. */
const FINAL_WITHIN_MS = 60_000;

export function kafkaAway(one: () => OneApp): void {
  let shop: Shop;
  const awayOrders: string[] = [];
  const readers: TopicReader[] = [];

  beforeAll(async () => {
    const { app } = one();
    // It runs, and is ready once it has its Kafka.
    await app.process('notification-service').spawn();
    shop = await openShop(app.gatewayUrl);
  });
  afterAll(() => Promise.all(readers.map((reader) => reader.close().catch(() => undefined))));

  /** Places orders one after another; how long each took until COMPLETED, in ms, shortest first. */
  async function completeOrders(count = ORDERS): Promise<{ ids: string[]; tookMs: number[] }> {
    const product = await stockedProduct(shop, { quantity: count });
    const ids: string[] = [];
    const tookMs: number[] = [];
    for (let number = 0; number < count; number++) {
      const since = performance.now();
      const { status, body } = await placeOrder(shop.alice, product);
      expect([201, 202]).toContain(status);
      await reaches(shop.alice, body.id, 'COMPLETED', FINAL_WITHIN_MS);
      ids.push(body.id);
      tookMs.push(performance.now() - since);
    }
    return { ids, tookMs: tookMs.sort((a, b) => a - b) };
  }

  const median = (sorted: number[]) => sorted[Math.floor(sorted.length / 2)] ?? 0;

  async function allIsTold(ids: readonly string[]): Promise<void> {
    const reader = await readTopics(`127.0.0.1:${one().kafkaPort}`);
    readers.push(reader);
    for (const id of ids) {
      const events = await reader.hears(id, 6);
      expect(events.map(({ event }) => event.sequence)).toEqual(['1', '2', '3', '4', '5', '6']);
      expect(events.map(({ topic, event }) => event.id === `${id}:${topic}`)).not.toContain(false);
      await mailsArrive(id, 4, 90_000);
    }
  }

  it('never started: orders complete, and their e-mails and events are there once Kafka is', async () => {
    const { ids } = await completeOrders(2);
    expect(await mailsAbout(ids[0] ?? '')).toEqual([]);
    await one().alerts.fire('HoldfastEventsWait', { process: 'order-worker' });
    await one().kafka();
    await one().app.process('notification-service').start();
    await allIsTold(ids);
    await one().alerts.end('HoldfastEventsWait', { process: 'order-worker' });
  });

  it('a message that is no event is a dead letter, and told of', async () => {
    const logger = createLogger({ service: 'test', level: 'silent' });
    const producer = createKafka({ brokers: [`127.0.0.1:${one().kafkaPort}`], clientId: 'test', logger }).producer();
    await producer.connect();
    await producer.send({ topic: 'order-created', messages: [{ value: '{}' }] });
    await producer.disconnect();
    await one().alerts.fire('HoldfastDeadLetters', {});
  });

  it('hanging: orders complete as quickly as before, and all is told once it goes on', async () => {
    const usual = await completeOrders();
    const hanging = await whileStopped([await one().kafka()], () => completeOrders());
    console.log(`an order took ${median(usual.tookMs)} ms with Kafka, ${median(hanging.tookMs)} ms while it hung`);
    // A step that waited for Kafka would take its time-out, 5 s, more.
    expect(median(hanging.tookMs)).toBeLessThan(median(usual.tookMs) + 4_000);
    awayOrders.push(...usual.ids, ...hanging.ids);
    await allIsTold(awayOrders);
  });

  it('killed in the middle, and back: all is told, and nobody twice', async () => {
    const before = await completeOrders(1);
    const product = await stockedProduct(shop, { quantity: ORDERS });
    const kafka = await one().kafka();
    const placing = Array.from({ length: ORDERS }, () => placeOrder(shop.alice, product));
    await Promise.race(placing);
    await kafka.kill9();
    const ids = (await Promise.all(placing)).map(({ body }) => body.id);
    await Promise.all(ids.map((id) => reaches(shop.alice, id, 'COMPLETED', FINAL_WITHIN_MS)));
    await kafka.start();
    await allIsTold([...before.ids, ...ids]);
    for (const id of awayOrders) expect(await mailsAbout(id)).toHaveLength(4);
  });
}
