import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Delivery } from '../../contracts/http/deliveries.js';
import type { Notification } from '../../contracts/http/notifications.js';
import { orderSchema } from '../../contracts/http/orders.js';
import type { Order } from '../../contracts/http/orders.js';
import type { ProblemDocument } from '../../contracts/http/problem.js';
import { mailsArrive } from '../support/inbox.js';
import {
  SEOUL,
  openShop,
  orderOf,
  paymentsOf,
  placeOrder,
  reaches,
  stockOf,
  stockedProduct,
  type Shop,
} from '../support/shop.js';

describe('an order that goes all the way', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(inject('app').gatewayUrl);
  });

  it('is answered when stock is reserved, charged, delivered and completed', async () => {
    const product = await stockedProduct(shop, { quantity: 5, price: 3_500_000 });

    const placed = await placeOrder(shop.alice, product, { quantity: 2 });
    expect(placed.status).toBe(201);
    expect(placed.headers.get('location')).toBe(`/orders/${placed.body.id}`);
    expect(orderSchema.parse(placed.body)).toMatchObject({
      userId: 1,
      userVerified: true,
      needsAttention: false,
      currency: 'KRW',
      totalPrice: 7_000_000,
      lines: [
        { productId: product.id, productName: 'Tea pot', unitPrice: 3_500_000, quantity: 2, totalPrice: 7_000_000 },
      ],
      shippingAddress: SEOUL,
    });

    const order = await reaches(shop.alice, placed.body.id, 'COMPLETED');
    expect(await stockOf(shop, product)).toEqual({ quantity: 3, reserved: 0 });
    expect(await paymentsOf(shop.alice, order.id)).toMatchObject([
      { id: order.paymentId, orderId: order.id, amount: 7_000_000, currency: 'KRW', status: 'CHARGED', refunds: [] },
    ]);
    const deliveries = await shop.alice.get<{ items: Delivery[] }>(`/deliveries?orderId=${order.id}`);
    expect(deliveries.body.items).toMatchObject([
      {
        id: order.deliveryId,
        status: 'DELIVERED',
        trackingNumber: order.trackingNumber,
        events: [{ status: 'in_transit' }, { status: 'delivered' }],
      },
    ]);
  });

  it('tells its customer by e-mail, once each', async () => {
    const product = await stockedProduct(shop);
    const { body } = await placeOrder(shop.alice, product);
    const order = await reaches(shop.alice, body.id, 'COMPLETED');

    const mails = await mailsArrive(order.id, 4);
    expect(mails.every((mail) => mail.to.some((to) => to.address === 'alice@example.com'))).toBe(true);
    expect(mails.some((mail) => mail.text.includes(order.trackingNumber ?? 'no tracking number'))).toBe(true);
    const { body: list } = await shop.alice.get<{ items: Notification[] }>(`/notifications?orderId=${order.id}`);
    const sent = list.items.filter((item) => item.channel === 'EMAIL').map((item) => `${item.event} ${item.status}`);
    expect(sent.sort()).toEqual([
      'delivery-completed SENT',
      'delivery-started SENT',
      'order-created SENT',
      'payment-completed SENT',
    ]);
  });

  it('can have several lines, and one product named twice counts as the sum', async () => {
    const [pot, cup] = await Promise.all([stockedProduct(shop, { price: 700 }), stockedProduct(shop, { price: 50 })]);
    const placed = await shop.alice.post<Order>('/orders', {
      items: [
        { productId: pot.id, quantity: 1 },
        { productId: cup.id, quantity: 2 },
        { productId: pot.id, quantity: 1 },
      ],
    });
    expect(placed.status).toBe(201);
    const order = await reaches(shop.alice, placed.body.id, 'COMPLETED');
    expect(order.totalPrice).toBe(1_500);
    expect(order.lines.map(({ productId, quantity }) => ({ productId, quantity }))).toEqual(
      [
        { productId: pot.id, quantity: 2 },
        { productId: cup.id, quantity: 2 },
      ].sort((a, b) => a.productId - b.productId),
    );
  });

  it('takes no price from its caller', async () => {
    const product = await stockedProduct(shop);
    const body = { productId: product.id, quantity: 1, price: 1 };
    const refused = await shop.alice.post<ProblemDocument>('/orders', body);
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.body.errors).toMatchObject([{ path: 'price' }]);
  });

  it('keeps its price and name when the product changes', async () => {
    const product = await stockedProduct(shop, { price: 1_000 });
    const { body } = await placeOrder(shop.alice, product);
    await shop.admin.patch(`/products/${product.id}`, { price: 9_999, name: 'Kettle' });

    const order = await reaches(shop.alice, body.id, 'COMPLETED');
    expect(order.totalPrice).toBe(1_000);
    expect(order.lines).toMatchObject([{ productName: 'Tea pot', unitPrice: 1_000 }]);
  });

  it('is nobody else’s to see', async () => {
    const product = await stockedProduct(shop);
    const { body } = await placeOrder(shop.alice, product);
    expect((await shop.bob.get(`/orders/${body.id}`)).status).toBe(404);
    expect((await shop.anyone.get(`/orders/${body.id}`)).status).toBe(401);
    expect((await orderOf(shop.admin, body.id)).id).toBe(body.id);
  });
});
