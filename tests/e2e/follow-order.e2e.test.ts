import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { timelineSchema } from '../../contracts/http/orders.js';
import type { Order, Timeline } from '../../contracts/http/orders.js';
import {
  openShop,
  orderOf,
  paymentsOf,
  placeOrder,
  reaches,
  stockOf,
  stockedProduct,
  type Shop,
} from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject('app').gatewayUrl);
});

const timelineOf = async (orderId: string, caller = shop.admin) => {
  const { status, body } = await caller.get<Timeline>(`/orders/${orderId}/timeline`);
  expect(status).toBe(200);
  return timelineSchema.parse(body).items;
};

describe('the events of an order, through the gateway', () => {
  it('come as they happen, and end with the order', async () => {
    const product = await stockedProduct(shop);
    const { body } = await placeOrder(shop.alice, product, { postalCode: '88888', respondAsync: true });
    const stream = await shop.alice.watch<Order>(`/orders/${body.id}/events`);
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    // It waits for a silent carrier: what is heard by now was not held back until the end.
    await waitFor('the delivery to start', () => stream.heard.at(-1)?.data.status === 'DELIVERY_STARTED');
    expect((await shop.alice.post(`/orders/${body.id}/cancel`, {})).status).toBe(200);
    await stream.ended;

    const heard = stream.heard.map(({ data }) => data.status);
    const all = ['PENDING', 'INVENTORY_RESERVED', 'PAYMENT_COMPLETED', 'DELIVERY_STARTED', 'CANCELLING', 'CANCELLED'];
    expect(heard).toEqual(all.slice(-heard.length));
    expect(stream.heard.at(-1)?.data).toEqual(await orderOf(shop.alice, body.id));

    const resumed = await shop.alice.watch<Order>(`/orders/${body.id}/events`, { 'last-event-id': '4' });
    await resumed.ended;
    expect(resumed.heard.map(({ id, data }) => `${id} ${data.status}`)).toEqual(['5 CANCELLING', '6 CANCELLED']);
    expect((await shop.alice.watch(`/orders/${body.id}/events`, { 'last-event-id': '6' })).status).toBe(204);
    expect((await shop.bob.watch(`/orders/${body.id}/events`)).status).toBe(404);
  });
});

describe('orders that wait for an operator', () => {
  // Also for the files after this one, when it fails halfway.
  afterAll(() => shop.admin.post('/payments/simulator', { provider: 'up' }));

  it('are tried again, given up or settled by HTTP, with who and why in their timelines', async () => {
    await shop.admin.post('/payments/simulator', { provider: 'down' });
    const product = await stockedProduct(shop);
    const stuck = await Promise.all(
      Array.from({ length: 3 }, () => placeOrder(shop.alice, product, { paymentMethod: 'card_provider_down' })),
    );
    const [again, givenUp, settled] = stuck.map(({ body }) => body.id) as [string, string, string];
    for (const id of [again, givenUp, settled]) {
      await waitFor(`${id} to need attention`, async () => (await orderOf(shop.alice, id)).needsAttention, {
        timeoutMs: 40_000,
      });
    }
    const waiting = await shop.admin.get<{ items: Order[] }>('/orders?needsAttention=true&limit=100');
    expect(waiting.body.items.map(({ id }) => id)).toEqual(expect.arrayContaining([again, givenUp, settled]));

    const note = 'spoke with the provider';
    expect((await shop.alice.post(`/orders/${again}/retry`, { note })).status).toBe(403);
    expect((await shop.admin.post(`/orders/${givenUp}/give-up`, { note })).status).toBe(202);
    expect((await shop.admin.post(`/orders/${settled}/settled`, { note })).status).toBe(202);
    expect((await reaches(shop.alice, givenUp, 'CANCELLED')).cancelReason).toBe('OPERATOR_REQUEST');
    expect((await reaches(shop.alice, settled, 'COMPLETED')).paymentId).toBeUndefined();
    await shop.admin.post('/payments/simulator', { provider: 'up' });
    expect((await shop.admin.post(`/orders/${again}/retry`, { note })).status).toBe(202);
    await reaches(shop.alice, again, 'COMPLETED');
    expect(await paymentsOf(shop.alice, again)).toMatchObject([{ status: 'CHARGED' }]);
    expect(await stockOf(shop, product)).toEqual({ quantity: 8, reserved: 0 });

    for (const [id, step] of [
      [again, 'retry'],
      [givenUp, 'give-up'],
      [settled, 'settled'],
    ] as const) {
      const entries = await timelineOf(id);
      expect(entries.find((entry) => entry.step === step)).toMatchObject({
        outcome: 'asked',
        operator: { id: '3', note },
      });
      expect(entries).toContainEqual(expect.objectContaining({ step: 'charge-payment', outcome: 'failing' }));
      for (const { traceId } of entries) expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(JSON.stringify(await timelineOf(id, shop.alice))).not.toContain(note);
    }
  });
});
