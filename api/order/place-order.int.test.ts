import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { orderSchema } from '../../contracts/http/orders.js';
import { laptop } from './testing/neighbours.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

let api: OrderApi;
beforeAll(async () => {
  api = await startOrderApi('place_order');
});
afterAll(() => api.close());
beforeEach(() => {
  api.shop.reset();
  for (const id of [1, 2, 4, 5]) api.shop.stock.set(id, 1_000_000);
});

const one = { productId: 1, quantity: 2 };
const address = { name: 'Bob', line1: '2 Street', city: 'Busan', postalCode: '48058', country: 'KR' };
const orders = () => api.database.prisma.order.count();

describe('an order', () => {
  it('is answered when its stock is reserved, with names and prices of the moment', async () => {
    const answer = await api.post(one);
    expect(answer.status).toBe(201);
    const order = orderSchema.parse(answer.body);
    expect(answer.headers['location']).toBe(`/orders/${order.id}`);
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
    expect(order).toMatchObject({
      userId: 1,
      userVerified: true,
      currency: 'KRW',
      totalPrice: 7_000_000,
      lines: [{ ...one, productName: 'MacBook Pro 16', unitPrice: 3_500_000, totalPrice: 7_000_000 }],
      shippingAddress: { name: 'Alice' },
    });
    expect(['INVENTORY_RESERVED', 'PAYMENT_COMPLETED', 'DELIVERY_STARTED']).toContain(order.status);
    expect(api.shop.stock.get(1)).toBe(999_998);

    api.neighbours.products.set(1, { ...laptop, price: 1, name: 'Cheap' });
    const later = await api.reaches(order.id, 'DELIVERY_STARTED');
    api.neighbours.products.set(1, laptop);
    expect(later.lines).toEqual(order.lines);
    expect(later).toMatchObject({ paymentId: `payment-${order.id}`, trackingNumber: `track-${order.id}` });
    expect(api.logLines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ message: 'order created', orderId: order.id }),
    );
  });

  it('of several lines counts a product named twice as the sum', async () => {
    const items = [
      { productId: 2, quantity: 1 },
      { productId: 1, quantity: 1 },
      { productId: 2, quantity: 2 },
    ];
    const answer = await api.post({ items, shippingAddress: address });
    expect(answer.status).toBe(201);
    const order = orderSchema.parse(answer.body);
    expect(order.lines.map(({ productId, quantity }) => [productId, quantity])).toEqual([
      [1, 1],
      [2, 3],
    ]);
    expect(order.totalPrice).toBe(3_800_000);
    expect(order.shippingAddress).toEqual(address);
  });

  it('for which stock is short is answered with what is missing, exists as cancelled, and holds nothing', async () => {
    api.shop.stock.set(1, 5);
    const headers = { 'idempotency-key': 'short' };
    const answer = await api.post({ productId: 1, quantity: 999 }, headers);
    expect(answer.status).toBe(409);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'insufficient-stock', productId: 1, requested: 999, available: 5 });
    const id = (answer.body as { orderId: string }).orderId;
    expect((await api.get(`/orders/${id}`)).body).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'INSUFFICIENT_STOCK',
    });
    expect(api.shop.stock.get(1)).toBe(5);

    api.shop.stock.set(1, 1_000);
    const again = await api.post({ productId: 1, quantity: 999 }, headers);
    expect(again.status).toBe(409);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(answer.body);
  });
});

describe('a body', () => {
  const shipped = { ...one, shippingAddress: address };
  it.each([
    ['with a price', { ...one, price: 1 }, 'price'],
    ['with a price in a line', { items: [{ ...one, price: 1 }] }, 'items.0.price'],
    ['of both forms', { ...one, items: [one] }, 'items'],
    ['without a product', { quantity: 1 }, 'productId'],
    ['without a quantity', { productId: 1 }, 'quantity'],
    ['for nothing', { productId: 1, quantity: 0 }, 'quantity'],
    ['for a part', { productId: 1, quantity: 1.5 }, 'quantity'],
    ['for too many', { productId: 1, quantity: 10_001 }, 'quantity'],
    ['for too many in all', { items: [{ productId: 1, quantity: 9_999 }, one] }, 'items'],
    ['with too many lines', { items: Array.from({ length: 51 }, () => one) }, 'items'],
    ['without lines', { items: [] }, 'items'],
    ['that costs too much', { productId: 5, quantity: 10 }, 'items'],
    ['with half an address', { ...one, shippingAddress: { ...address, city: undefined } }, 'shippingAddress.city'],
    ['with a strange payment method', { ...shipped, paymentMethod: 'card ok' }, 'paymentMethod'],
  ])('%s is refused, and the field is named', async (_name, body, path) => {
    const before = await orders();
    const answer = await api.post(body);
    expect(answer.status).toBe(400);
    expect((answer.body as { errors: { path: string }[] }).errors.map((error) => error.path)).toContain(path);
    expect(await orders()).toBe(before);
  });

  it.each([
    ['an unknown product', { productId: 99, quantity: 1 }, 'unknown-product', { productId: 99 }],
    ['a product no longer sold', { productId: 3, quantity: 1 }, 'unknown-product', { productId: 3 }],
    ['two currencies', { items: [one, { productId: 4, quantity: 1 }] }, 'mixed-currencies', {}],
  ])('with %s is refused', async (_name, body, code, members) => {
    const before = await orders();
    const answer = await api.post(body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code, ...members });
    expect(await orders()).toBe(before);
  });
});

describe('who orders', () => {
  it('has to say who they are, and be a customer', async () => {
    const anonymous = await api.post(one, { authorization: '' });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers['www-authenticate']).toContain('Bearer');
    expect((await api.post(one, { authorization: api.service })).status).toBe(403);
  });

  it('orders for themselves, unless an admin', async () => {
    expect((await api.post({ ...one, userId: 2 })).status).toBe(403);
    expect((await api.post({ ...one, userId: 1 })).status).toBe(201);
    const answer = await api.post({ ...one, userId: 1 }, { authorization: api.admin });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ userId: 1, shippingAddress: { name: 'Alice' } });
  });

  it('must be known and not disabled', async () => {
    for (const userId of [4, 99]) {
      const answer = await api.post({ ...one, userId }, { authorization: api.admin });
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'unknown-user' });
    }
  });

  it('has to say where to, when nothing is on file', async () => {
    const answer = await api.post(one, { authorization: api.bob });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ path: 'shippingAddress' }] });
    expect((await api.post({ ...one, shippingAddress: address }, { authorization: api.bob })).status).toBe(201);
  });
});
