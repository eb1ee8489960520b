import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { SEOUL, openShop, reaches, stockedProduct, type Shop } from '../support/shop.js';
import { traceHas } from '../support/trace.js';
import type { Order } from '../../contracts/http/orders.js';

const EVERYONE = [
  'gateway',
  'order-service',
  'user-service',
  'product-service',
  'inventory-service',
  'payment-service',
  'delivery-service',
  'notification-service',
];

describe('one order is one trace', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(inject('app').gatewayUrl);
  });

  it('through all services, under the trace id that its caller brought', async () => {
    const product = await stockedProduct(shop);
    const traceId = randomBytes(16).toString('hex');
    const { body } = await shop.alice.post<Order>(
      '/orders',
      { productId: product.id, quantity: 1, shippingAddress: SEOUL },
      { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
    );
    await reaches(shop.alice, body.id, 'COMPLETED');

    const spans = await traceHas(traceId, EVERYONE);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  });
});
