import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Order } from '../../contracts/http/orders.js';
import { openShop, paymentsOf, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../support/shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject('app').gatewayUrl);
});

const cancelTwentyTimes = (orderId: string) =>
  Promise.all(Array.from({ length: 20 }, () => shop.alice.post<Order>(`/orders/${orderId}/cancel`, {})));

describe('twenty cancellations of one order at once', { timeout: 180_000 }, () => {
  // Also for the files after this one, when it fails halfway.
  afterAll(() => shop.admin.post('/payments/simulator', { provider: 'up' }));

  it('are all answered with the order as it is undone, and it is undone once', async () => {
    const product = await stockedProduct(shop);
    const { body } = await placeOrder(shop.alice, product, { postalCode: '88888' });
    await reaches(shop.alice, body.id, 'DELIVERY_STARTED', 60_000);

    const answers = await cancelTwentyTimes(body.id);

    expect(answers.map((answer) => `${answer.status} ${answer.body.status}`)).toEqual(Array(20).fill('200 CANCELLED'));
    expect(await paymentsOf(shop.alice, body.id)).toMatchObject([{ status: 'REFUNDED', refunds: [{ amount: 1_000 }] }]);
    expect(await stockOf(shop, product)).toEqual({ quantity: 10, reserved: 0 });
  });

  it('are all answered with 202 when the undo takes longer than five seconds, and the undo goes on', async () => {
    const product = await stockedProduct(shop);
    await shop.admin.post('/payments/simulator', { provider: 'up' });
    const { body } = await placeOrder(shop.alice, product, {
      postalCode: '88888',
      paymentMethod: 'card_provider_down',
    });
    await reaches(shop.alice, body.id, 'DELIVERY_STARTED', 60_000);
    await shop.admin.post('/payments/simulator', { provider: 'down' });

    const answers = await cancelTwentyTimes(body.id);

    expect(answers.map((answer) => `${answer.status} ${answer.body.status}`)).toEqual(Array(20).fill('202 CANCELLING'));
    expect(answers[0]?.headers.get('location')).toBe(`/orders/${body.id}`);
    // The stock doesn't wait for the money.
    expect(await stockOf(shop, product)).toEqual({ quantity: 10, reserved: 0 });
    await shop.admin.post('/payments/simulator', { provider: 'up' });
    await reaches(shop.alice, body.id, 'CANCELLED', 60_000);
    expect(await paymentsOf(shop.alice, body.id)).toMatchObject([{ status: 'REFUNDED', refunds: [{ amount: 1_000 }] }]);
    expect((await shop.alice.post<Order>(`/orders/${body.id}/cancel`, {})).status).toBe(200);
  });
});
