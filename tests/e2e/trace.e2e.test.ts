import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { SEOUL, openShop, reaches, stockedProduct, type Shop } from '../support/shop.js';
import { traceHas } from '../support/trace.js';
import { waitFor } from '../support/wait-for.js';
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

const newId = (bytes: number) => randomBytes(bytes).toString('hex');

describe('one order is one trace', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(inject('app').gatewayUrl);
  });

  it('through all services, under the trace id that its caller brought', async () => {
    const product = await stockedProduct(shop);
    const [traceId, caller] = [newId(16), newId(8)];
    const { body } = await shop.alice.post<Order>(
      '/orders',
      { productId: product.id, quantity: 1, shippingAddress: SEOUL },
      { traceparent: `00-${traceId}-${caller}-01` },
    );
    await reaches(shop.alice, body.id, 'COMPLETED');

    const spans = await waitFor(
      'its four mails, and a parent of each span',
      async () => {
        const spans = await traceHas(traceId, EVERYONE);
        const parents = [caller, ...spans.map(({ id }) => id)];
        const mails = spans.filter(({ name }) => name.startsWith('process '));
        return mails.length === 4 && spans.every(({ parentId = '' }) => parents.includes(parentId)) && spans;
      },
      { timeoutMs: 40_000 },
    );
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    // How many queries are slow is the machine's affair.
    expect(spans.filter(({ tags }) => tags?.['db.system.name'] === undefined).length).toBeLessThanOrEqual(60);
  });

  it('also where its caller says that it shall not be traced, and says whose order it is', async () => {
    const product = await stockedProduct(shop);
    const traceId = randomBytes(16).toString('hex');
    const { body } = await shop.alice.post<Order>(
      '/orders',
      { productId: product.id, quantity: 1, shippingAddress: SEOUL },
      {
        traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-00`,
        baggage: `orderId=ord_forged_${traceId},card=4111`,
      },
    );
    await reaches(shop.alice, body.id, 'COMPLETED');
    await traceHas(traceId, EVERYONE);
    const logs = path.join(inject('app').dir, 'logs');
    for (const file of readdirSync(logs))
      expect(readFileSync(path.join(logs, file), 'utf8')).not.toContain(`ord_forged_${traceId}`);
  });

  it.each([
    ['W3C', (trace: string) => ({ traceparent: `00-${trace}-${newId(8)}-01` })],
    ['B3, one field', (trace: string) => ({ b3: `${trace}-${newId(8)}-1` })],
    [
      'B3, several fields',
      (trace: string) => ({ 'X-B3-TraceId': trace, 'X-B3-SpanId': newId(8), 'X-B3-Sampled': '1' }),
    ],
  ])('%s: a caller finds its trace in the error answers of the gateway and of a service', async (_form, fields) => {
    const traceId = newId(16);
    for (const caller of [shop.anyone, shop.alice]) {
      const { status, body } = await caller.get<{ traceId: string }>('/orders/nothing', fields(traceId));
      expect(status).toBe(caller === shop.anyone ? 401 : 404);
      expect(body.traceId).toBe(traceId);
    }
    await traceHas(traceId, ['gateway', 'order-service']);
  });
});
