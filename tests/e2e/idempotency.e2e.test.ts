import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { openShop, paymentsOf, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../support/shop.js';

describe('one Idempotency-Key', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(inject('app').gatewayUrl);
  });

  it('is one order and one charge, however often and concurrently it is sent', async () => {
    const product = await stockedProduct(shop, { quantity: 10 });
    const key = randomUUID();

    const answers = await Promise.all(Array.from({ length: 10 }, () => placeOrder(shop.alice, product, { key })));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    const ids = new Set(answers.map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(9);
    const orderId = String([...ids][0]);
    await reaches(shop.alice, orderId, 'COMPLETED');
    expect(await paymentsOf(shop.alice, orderId)).toHaveLength(1);
    expect(await stockOf(shop, product)).toEqual({ quantity: 9, reserved: 0 });

    const late = await placeOrder(shop.alice, product, { key });
    expect(late.status).toBe(201);
    expect(late.body).toMatchObject({ id: orderId, status: 'COMPLETED' });
  });

  it('with another body is refused', async () => {
    const product = await stockedProduct(shop);
    const key = randomUUID();
    await placeOrder(shop.alice, product, { key, quantity: 1 });
    const other = await placeOrder(shop.alice, product, { key, quantity: 2 });
    expect(other.status).toBe(422);
    expect(other.body.code).toBe('idempotency-key-reuse');
  });

  it('of another user is another order', async () => {
    const product = await stockedProduct(shop);
    const key = randomUUID();
    const [alices, bobs] = await Promise.all([
      placeOrder(shop.alice, product, { key }),
      placeOrder(shop.bob, product, { key }),
    ]);
    expect(alices.body.id).not.toBe(bobs.body.id);
  });

  it('replays a refusal with the same answer', async () => {
    const product = await stockedProduct(shop, { quantity: 1 });
    const key = randomUUID();
    const first = await placeOrder(shop.alice, product, { key, quantity: 7 });
    const again = await placeOrder(shop.alice, product, { key, quantity: 7 });
    expect([first.status, again.status]).toEqual([409, 409]);
    expect(again.body).toMatchObject({
      code: 'insufficient-stock',
      orderId: first.body.orderId,
      requested: 7,
      available: 1,
    });
  });
});
