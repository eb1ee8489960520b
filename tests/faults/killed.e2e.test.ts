import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootApp, type RunningApp } from '../support/app.js';
import { mailsArrive } from '../support/inbox.js';
import { openShop, paymentsOf, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../support/shop.js';

const WORKERS = ['order-worker', 'inventory-worker', 'payment-worker', 'delivery-worker'] as const;

describe('processes killed with orders in flight', () => {
  let app: RunningApp;
  let shop: Shop;
  beforeAll(async () => {
    app = await bootApp({ name: 'killed', ownKafka: true });
    shop = await openShop(app.gatewayUrl);
  });
  afterAll(() => app.stop());

  it.each(WORKERS)('%s: every order ends, each charged once, and no stock is lost', async (worker) => {
    const product = await stockedProduct(shop, { quantity: 20 });
    const placing = Array.from({ length: 6 }, (_, index) =>
      placeOrder(shop.alice, product, { postalCode: index % 3 === 2 ? '00000' : '04524' }),
    );
    await Promise.race(placing);
    await app.process(worker).kill9();
    await app.process(worker).start();
    const placed = await Promise.all(placing);
    expect(placed.every(({ status }) => status === 201 || status === 202)).toBe(true);

    const ids = placed.map(({ body }) => body.id);
    await Promise.all(
      ids.map((id, index) => reaches(shop.alice, id, index % 3 === 2 ? 'CANCELLED' : 'COMPLETED', 60_000)),
    );
    expect(await stockOf(shop, product)).toEqual({ quantity: 16, reserved: 0 });
    const payments = (await Promise.all(ids.map((id) => paymentsOf(shop.alice, id)))).map((list) =>
      list.map(({ status }) => status),
    );
    expect(payments).toEqual(ids.map((_, index) => [index % 3 === 2 ? 'REFUNDED' : 'CHARGED']));
  });

  it('notification service: each e-mail arrives, once', async () => {
    const product = await stockedProduct(shop);
    await app.process('notification-service').kill9();
    const { body } = await placeOrder(shop.alice, product);
    await reaches(shop.alice, body.id, 'COMPLETED');
    await app.process('notification-service').start();
    await mailsArrive(body.id, 4, 90_000);
  });
});
