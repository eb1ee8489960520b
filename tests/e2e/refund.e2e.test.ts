import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Refund } from '../../contracts/http/orders.js';
import type { PaymentInDetail } from '../../contracts/http/payments.js';
import {
  openShop,
  orderOf,
  paymentsOf,
  placeOrder,
  reaches,
  stockedProduct,
  stockOf,
  type Shop,
} from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

describe('a refund in parts', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(inject('app').gatewayUrl);
  });
  afterAll(() => shop.admin.post('/payments/simulator', { provider: 'up' }));

  const refund = (orderId: string, amount: number, key: string) =>
    shop.admin.post<Refund & { left?: number }>(
      `/orders/${orderId}/refunds`,
      { amount, reason: 'a scratch' },
      { 'idempotency-key': key },
    );
  const operationsOf = async (paymentId = '') =>
    (await shop.admin.get<PaymentInDetail>(`/payments/${paymentId}`)).body.operations.map(
      ({ kind, amount, state }) => `${kind} ${amount} ${state}`,
    );

  it('leaves the order as it is; its undo gives back the rest', async () => {
    const product = await stockedProduct(shop, { quantity: 4 });
    const { body } = await placeOrder(shop.bob, product, { postalCode: '88888' });
    const order = await reaches(shop.bob, body.id, 'DELIVERY_STARTED');
    const first = await refund(order.id, 300, 'one');
    expect([first.status, first.body.state]).toEqual([201, 'DONE']);
    expect((await refund(order.id, 300, 'one')).body).toEqual(first.body);
    expect((await refund(order.id, 701, 'two')).body.left).toBe(700);
    expect(await operationsOf(order.paymentId)).toEqual(['CAPTURE 1000 DONE', 'REFUND 300 DONE']);
    expect((await orderOf(shop.bob, order.id)).status).toBe('DELIVERY_STARTED');

    await shop.bob.post(`/orders/${order.id}/cancel`, {});
    await reaches(shop.bob, order.id, 'CANCELLED');
    expect(await operationsOf(order.paymentId)).toEqual(['CAPTURE 1000 DONE', 'REFUND 300 DONE', 'REFUND 700 DONE']);
    expect(await stockOf(shop, product)).toEqual({ quantity: 4, reserved: 0 });
    expect((await refund(order.id, 1, 'three')).body.left).toBe(0);
  });

  it('puts goods back that were delivered, once, and none before that', async () => {
    const product = await stockedProduct(shop, { quantity: 4 });
    const { body } = await placeOrder(shop.bob, product, { quantity: 3 });
    const asked = (quantity: number) => ({
      ...{ lines: [{ productId: product.id, quantity }], reason: 'a scratch', restock: true },
    });
    const restock = (key: string, quantity: number) =>
      shop.admin.post<Refund & { code?: string; left?: number }>(`/orders/${body.id}/refunds`, asked(quantity), {
        'idempotency-key': key,
      });
    await reaches(shop.bob, body.id, 'COMPLETED');
    const [first, again] = await Promise.all([restock('two', 2), restock('two', 2)]);
    expect([first.status, first.body]).toMatchObject([201, { amount: 2_000, state: 'DONE', restocked: true }]);
    expect(again.body).toEqual(first.body);
    expect(await stockOf(shop, product)).toEqual({ quantity: 3, reserved: 0 });
    expect((await restock('more', 2)).body).toMatchObject({ code: 'restock-too-much', left: 1 });
    expect((await restock('last', 1)).body).toMatchObject({ restocked: true });
    expect(await stockOf(shop, product)).toEqual({ quantity: 4, reserved: 0 });

    const waits = await placeOrder(shop.bob, product, { postalCode: '88888' });
    await reaches(shop.bob, waits.body.id, 'DELIVERY_STARTED');
    const early = await shop.admin.post<{ code?: string }>(`/orders/${waits.body.id}/refunds`, asked(1), {
      'idempotency-key': 'early',
    });
    expect([early.status, early.body.code]).toEqual([409, 'restock-too-much']);
    expect((await paymentsOf(shop.bob, waits.body.id))[0]?.refunds).toEqual([]);
  });

  it('goes on while the provider is away, until all is refunded', async () => {
    await shop.admin.post('/payments/simulator', { provider: 'up' });
    const product = await stockedProduct(shop);
    const { body } = await placeOrder(shop.alice, product, { paymentMethod: 'card_provider_down' });
    await reaches(shop.alice, body.id, 'COMPLETED');
    await shop.admin.post('/payments/simulator', { provider: 'down' });
    const begun = await refund(body.id, 1_000, 'all');
    expect([begun.status, begun.body.state]).toEqual([202, 'PENDING']);
    // What is under way can't be given back by another.
    expect((await refund(body.id, 1, 'more')).body.left).toBe(0);
    await shop.admin.post('/payments/simulator', { provider: 'up' });
    await waitFor('the refund', async () => (await paymentsOf(shop.alice, body.id))[0]?.status === 'REFUNDED');
    expect((await refund(body.id, 1_000, 'all')).status).toBe(201);
    expect((await orderOf(shop.alice, body.id)).status).toBe('COMPLETED');
  });
});
