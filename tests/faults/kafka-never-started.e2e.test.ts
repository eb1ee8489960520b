import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootApp, bootKafka, freePort, type RunningApp } from '../support/app.js';
import { mailsAbout, mailsArrive } from '../support/inbox.js';
import { openShop, placeOrder, reaches, stockedProduct, type Shop } from '../support/shop.js';
import { readTopics } from '../support/topic-reader.js';

describe('with Kafka never started', () => {
  let app: RunningApp;
  let shop: Shop;
  let kafkaPort: number;
  let kafka: { stop(): Promise<void> } | undefined;
  let notificationsAreReady: Promise<unknown>;
  beforeAll(async () => {
    kafkaPort = await freePort();
    app = await bootApp({
      name: 'no-kafka',
      env: { KAFKA_BROKERS: `127.0.0.1:${kafkaPort}` },
      without: ['notification-service'],
    });
    // It runs, and is ready once it has its Kafka.
    notificationsAreReady = app.process('notification-service').start();
    notificationsAreReady.catch(() => undefined);
    shop = await openShop(app.gatewayUrl);
  });
  afterAll(async () => {
    await app.stop();
    await kafka?.stop();
  });

  it('an order completes, and its e-mails and events are there once Kafka is', async () => {
    const product = await stockedProduct(shop);
    const { status, body } = await placeOrder(shop.alice, product);
    expect(status).toBe(201);
    await reaches(shop.alice, body.id, 'COMPLETED');
    expect(await mailsAbout(body.id)).toEqual([]);

    kafka = await bootKafka(kafkaPort);
    await notificationsAreReady;
    await mailsArrive(body.id, 4, 90_000);
    const topics = await readTopics(`127.0.0.1:${kafkaPort}`);
    const events = await topics.hears(body.id, 6);
    expect(events.map(({ event }) => event.sequence)).toEqual(['1', '2', '3', '4', '5', '6']);
    await topics.close();
  });
});
