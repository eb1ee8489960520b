import { beforeAll, describe, expect, inject, it } from 'vitest';
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

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject('app').gatewayUrl);
});

const placed = async (paymentMethod: string) => {
  const product = await stockedProduct(shop, { quantity: 5 });
  const { status, body } = await placeOrder(shop.alice, product, { paymentMethod });
  expect(status).toBe(201);
  const { id } = body;
  const payment = await waitFor('the wait', async () => (await orderOf(shop.alice, id)).payment);
  return { id, product, payment };
};

describe('an order that is paid later', () => {
  it('waits with its stock held, and goes on once the money has come', async () => {
    const { id, product, payment } = await placed('bank_transfer');
    expect(payment).toMatchObject({ status: 'PROCESSING' });
    expect(await stockOf(shop, product)).toEqual({ quantity: 4, reserved: 1 });
    expect(await reaches(shop.alice, id, 'COMPLETED')).not.toHaveProperty('payment');
    expect(await paymentsOf(shop.alice, id)).toMatchObject([{ status: 'CHARGED' }]);
  });

  it('is cancelled as any other while it waits', async () => {
    const { id, product } = await placed('bank_transfer_unpaid');
    expect((await shop.alice.post(`/orders/${id}/cancel`, {})).status).toBe(200);
    expect(await orderOf(shop.alice, id)).toMatchObject({ status: 'CANCELLED', cancelReason: 'CUSTOMER_REQUEST' });
    expect(await paymentsOf(shop.alice, id)).toEqual([]);
    expect(await stockOf(shop, product)).toEqual({ quantity: 5, reserved: 0 });
  });
});
