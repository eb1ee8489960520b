import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openShop, orderOf, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../support/shop.js';
import { describeWorkflow } from '../support/temporal.js';
import { waitFor } from '../support/wait-for.js';

describe('stock', () => {
  let shop: Shop;
  let redis: Redis;
  let temporalNamespace: string;
  beforeAll(async () => {
    const app = inject('app');
    temporalNamespace = app.temporalNamespace;
    shop = await openShop(app.gatewayUrl);
    redis = new Redis(app.redisUrl);
  });
  afterAll(() => redis.quit());

  it('of a hundred buyers of the last unit one gets it and ninety-nine are told', async () => {
    const product = await stockedProduct(shop, { quantity: 1 });

    const answers = await Promise.all(Array.from({ length: 100 }, () => placeOrder(shop.alice, product)));

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(99);
    for (const { body } of refused) {
      expect(body).toMatchObject({ code: 'insufficient-stock', productId: product.id, requested: 1, available: 0 });
    }
    expect(await redis.keys(`inventory:lock:${product.id}`)).toEqual([]);
    const winner = answers.find(({ status }) => status === 201);
    await reaches(shop.alice, winner?.body.id ?? '', 'COMPLETED');
    expect(await stockOf(shop, product)).toEqual({ quantity: 0, reserved: 0 });
  });

  it('of a hundred buyers who do not wait one gets the last unit, by their Sagas and in turn by the lock', async () => {
    const product = await stockedProduct(shop, { quantity: 1 });

    const placed = await Promise.all(
      Array.from({ length: 100 }, () => placeOrder(shop.alice, product, { respondAsync: true })),
    );

    expect(placed.filter(({ status }) => status === 202)).toHaveLength(100);
    const ended = await Promise.all(
      placed.map(({ body }) =>
        waitFor(
          `order ${body.id} to be over`,
          async () => {
            const order = await orderOf(shop.alice, body.id);
            return (order.status === 'COMPLETED' || order.status === 'CANCELLED') && order;
          },
          { timeoutMs: 150_000, intervalMs: 500 },
        ),
      ),
    );
    expect(ended.filter(({ cancelReason }) => cancelReason === 'INSUFFICIENT_STOCK')).toHaveLength(99);
    expect(await redis.keys(`inventory:lock:${product.id}`)).toEqual([]);
    expect(await stockOf(shop, product)).toEqual({ quantity: 0, reserved: 0 });
  });

  it('refuses more than there is, and leaves what there is', async () => {
    const product = await stockedProduct(shop, { quantity: 5 });

    const { status, body } = await placeOrder(shop.alice, product, { quantity: 999 });

    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'insufficient-stock', productId: product.id, requested: 999, available: 5 });
    const orderId = String(body.orderId);
    expect(await orderOf(shop.alice, orderId)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'INSUFFICIENT_STOCK',
    });
    expect(await stockOf(shop, product)).toEqual({ quantity: 5, reserved: 0 });
  });

  it('waits for a lock that somebody else holds, and goes on when it is free', async () => {
    const key = 'inventory:lock:1';
    await redis.set(key, 'somebody else');
    try {
      const product = { id: 1 } as Parameters<typeof placeOrder>[1];
      const before = await stockOf(shop, product);
      const placed = await placeOrder(shop.alice, product, { respondAsync: true });
      expect(placed.status).toBe(202);
      const orderId = placed.body.id;
      // The first attempt has waited for the lock and failed; it is tried again, and the order lives on.
      await waitFor('the reservation to be tried again', async () => {
        const { pendingActivities } = await describeWorkflow(temporalNamespace, orderId);
        return pendingActivities.some((one) => Number(one.attempt) > 1);
      });
      expect((await orderOf(shop.alice, orderId)).status).toBe('PENDING');
      expect(await stockOf(shop, product)).toEqual(before);

      await redis.del(key);
      await reaches(shop.alice, orderId, 'COMPLETED');
      expect(await redis.exists(key)).toBe(0);
    } finally {
      await redis.del(key);
    }
  });
});
