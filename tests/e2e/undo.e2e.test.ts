import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Delivery } from '../../contracts/http/deliveries.js';
import type { Order } from '../../contracts/http/orders.js';
import type { ProblemDocument } from '../../contracts/http/problem.js';
import { mailsArrive } from '../support/inbox.js';
import { openShop, paymentsOf, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../support/shop.js';
import { readTopics, type TopicReader } from '../support/topic-reader.js';

describe('an order that can not be finished undoes itself', () => {
  let shop: Shop;
  let topics: TopicReader;
  beforeAll(async () => {
    [shop, topics] = await Promise.all([openShop(inject('app').gatewayUrl), readTopics()]);
  });
  afterAll(() => topics.close());

  it.each([
    ['card_declined', 'card_declined'],
    ['card_insufficient_funds', 'insufficient_funds'],
  ])('%s: cancelled, stock as before', async (paymentMethod, code) => {
    const product = await stockedProduct(shop, { quantity: 4 });
    const { body } = await placeOrder(shop.bob, product, { quantity: 3, paymentMethod });

    const order = await reaches(shop.bob, body.id, 'CANCELLED');
    expect(order.cancelReason).toBe('PAYMENT_DECLINED');
    expect(await stockOf(shop, product)).toEqual({ quantity: 4, reserved: 0 });
    expect(await paymentsOf(shop.bob, order.id)).toMatchObject([{ status: 'DECLINED', refunds: [] }]);

    const failed = await topics.sees(order.id, 'payment-failed');
    expect(failed.data.reason).toBe(code);
    const cancelled = await topics.sees(order.id, 'order-cancelled');
    expect(cancelled.data.reason).toBe('PAYMENT_DECLINED');
    expect((await topics.hears(order.id, 4)).map(({ topic }) => topic)).toEqual([
      'order-created',
      'inventory-reserved',
      'payment-failed',
      'order-cancelled',
    ]);
    await mailsArrive(order.id, 2);
  });

  it('a refused delivery: refunded and released', async () => {
    const product = await stockedProduct(shop, { quantity: 4 });
    const { body } = await placeOrder(shop.bob, product, { postalCode: '00000' });

    const order = await reaches(shop.bob, body.id, 'CANCELLED');
    expect(order.cancelReason).toBe('DELIVERY_REFUSED');
    expect(await stockOf(shop, product)).toEqual({ quantity: 4, reserved: 0 });
    expect(await paymentsOf(shop.bob, order.id)).toMatchObject([{ status: 'REFUNDED', refunds: [{ amount: 1_000 }] }]);
    await topics.sees(order.id, 'order-cancelled');
  });

  it('a delivery that comes back: refunded, and the stock is there again', async () => {
    const product = await stockedProduct(shop, { quantity: 4 });
    const { body } = await placeOrder(shop.bob, product, { postalCode: '99999' });

    const order = await reaches(shop.bob, body.id, 'CANCELLED');
    expect(order.cancelReason).toBe('DELIVERY_RETURNED');
    expect(await stockOf(shop, product)).toEqual({ quantity: 4, reserved: 0 });
    expect(await paymentsOf(shop.bob, order.id)).toMatchObject([{ status: 'REFUNDED' }]);
    const deliveries = await shop.bob.get<{ items: Delivery[] }>(`/deliveries?orderId=${order.id}`);
    expect(deliveries.body.items).toMatchObject([{ status: 'RETURNED' }]);
  });

  it('a customer who changes their mind: called off, refunded and released', async () => {
    const product = await stockedProduct(shop, { quantity: 4 });
    const { body } = await placeOrder(shop.bob, product, { postalCode: '88888' });
    await reaches(shop.bob, body.id, 'DELIVERY_STARTED');

    const unstorable = await shop.bob.post<ProblemDocument>(`/orders/${body.id}/cancel`, { note: '\0' });
    expect(unstorable.status).toBe(400);
    expect(unstorable.body.errors).toMatchObject([{ path: 'note' }]);

    const cancelled = await shop.bob.post<Order>(`/orders/${body.id}/cancel`, { note: 'found it cheaper' });
    expect([200, 202]).toContain(cancelled.status);
    const order = await reaches(shop.bob, body.id, 'CANCELLED');
    expect(order).toMatchObject({ cancelReason: 'CUSTOMER_REQUEST', cancelNote: 'found it cheaper' });
    expect(await stockOf(shop, product)).toEqual({ quantity: 4, reserved: 0 });
    expect(await paymentsOf(shop.bob, order.id)).toMatchObject([{ status: 'REFUNDED' }]);
  });
});
