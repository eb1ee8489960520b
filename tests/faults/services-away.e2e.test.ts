import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../contracts/http/orders.js';
import { bootApp, type RunningApp } from '../support/app.js';
import { openShop, placeOrder, reaches, stockedProduct, type Shop } from '../support/shop.js';
import { workflowsIn } from '../support/temporal.js';

describe('a service that is away', () => {
  let app: RunningApp;
  let shop: Shop;
  beforeAll(async () => {
    app = await bootApp({ name: 'away', ownKafka: true });
    shop = await openShop(app.gatewayUrl);
  });
  afterAll(() => app.stop());

  it('user service: what the token says is believed, and the order says so', async () => {
    const product = await stockedProduct(shop);
    await app.process('user-service').stop();
    try {
      const placed = await placeOrder(shop.alice, product);
      expect(placed.status).toBe(201);
      expect(placed.body.userVerified).toBe(false);
      await reaches(shop.alice, placed.body.id, 'COMPLETED');

      // The address is the user service's to know.
      const without = await shop.alice.post<{ errors: { path: string }[] }>('/orders', {
        productId: product.id,
        quantity: 1,
      });
      expect(without.status).toBe(400);
      expect(without.body.errors).toMatchObject([{ path: 'shippingAddress' }]);
    } finally {
      await app.process('user-service').start();
    }
    const again = await placeOrder(shop.alice, product);
    expect(again.status).toBe(201);
  });

  it('product service: no price, so 503 and nothing was started', async () => {
    const product = await stockedProduct(shop);
    const ordersBefore = (await shop.alice.get<{ items: Order[] }>('/orders?limit=100')).body.items.length;
    const workflowsBefore = await workflowsIn(app.temporalNamespace);
    await app.process('product-service').stop();
    try {
      const placed = await placeOrder(shop.alice, product);
      expect(placed.status).toBe(503);
      expect(placed.body.code).toBe('pricing-unavailable');
      expect(Number(placed.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await app.process('product-service').start();
    }
    expect((await shop.alice.get<{ items: Order[] }>('/orders?limit=100')).body.items).toHaveLength(ordersBefore);
    expect(await workflowsIn(app.temporalNamespace)).toBe(workflowsBefore);
    expect((await placeOrder(shop.alice, product)).status).toBe(201);
  });

  it('inventory worker: the order is taken as 202 and goes on when the worker is back', async () => {
    const product = await stockedProduct(shop);
    await app.process('inventory-worker').kill9();
    const placed = await placeOrder(shop.alice, product);
    expect(placed.status).toBe(202);
    expect(placed.body.status).toBe('PENDING');
    await app.process('inventory-worker').start();
    await reaches(shop.alice, placed.body.id, 'COMPLETED');
  });
});
