import { beforeAll, describe, expect, inject, it } from 'vitest';
import { openShop, orderOf, paymentsOf, placeOrder, reaches, stockedProduct, type Shop } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

describe('a provider that misbehaves', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(inject('app').gatewayUrl);
  });

  it.each(['card_lost_answer', 'card_flaky'])('%s: charged once in the end', async (paymentMethod) => {
    const product = await stockedProduct(shop);
    const { body } = await placeOrder(shop.alice, product, { paymentMethod });
    const order = await reaches(shop.alice, body.id, 'COMPLETED');
    expect(await paymentsOf(shop.alice, order.id)).toMatchObject([{ status: 'CHARGED' }]);
  });

  it('card_provider_down: the order waits until the provider is up', async () => {
    expect((await shop.admin.post('/payments/simulator', { provider: 'down' })).status).toBe(200);
    const product = await stockedProduct(shop);
    const { body } = await placeOrder(shop.alice, product, { paymentMethod: 'card_provider_down' });
    await waitFor('the order to wait for its payment', async () =>
      (await orderOf(shop.alice, body.id)).status === 'INVENTORY_RESERVED' ? true : undefined,
    );
    expect((await shop.alice.post('/payments/simulator', { provider: 'up' })).status).toBe(403);

    expect((await shop.admin.post('/payments/simulator', { provider: 'up' })).status).toBe(200);
    await reaches(shop.alice, body.id, 'COMPLETED');
  });

  it('88888: a silent carrier leaves the order with its delivery started', async () => {
    const product = await stockedProduct(shop);
    const { body } = await placeOrder(shop.alice, product, { postalCode: '88888' });
    const order = await reaches(shop.alice, body.id, 'DELIVERY_STARTED');
    expect(order.trackingNumber).toBeDefined();
  });
});
