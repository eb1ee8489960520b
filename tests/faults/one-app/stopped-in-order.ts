import { afterEach, beforeAll, expect, it } from 'vitest';
import type { Order } from '../../../contracts/http/orders.js';
import type { RunningApp } from '../../support/app.js';
import { openShop, placeOrder, reaches, stockedProduct, type Shop } from '../../support/shop.js';
import { waitFor } from '../../support/wait-for.js';

const ON_ITS_WAY = ['gateway', 'order-service', 'order-service-2'];

export function stoppedInOrder(running: () => RunningApp): void {
  let app: RunningApp;
  let shop: Shop;
  beforeAll(async () => {
    app = running();
    shop = await openShop(app.gatewayUrl);
  });
  afterEach(() => Promise.all([...ON_ITS_WAY, 'inventory-worker'].map((name) => app.process(name).start())));

  it('an order that waits has its answer, and who follows it misses nothing', async () => {
    const product = await stockedProduct(shop);
    // Nobody decides about stock: the answer takes as long as it may.
    await app.process('inventory-worker').stop();
    const waiting = placeOrder(shop.alice, product);
    const { id } = await waitFor('the order to be written', async () => {
      const { body } = await shop.alice.get<{ items: Order[] }>('/orders?limit=1');
      return body.items.find(({ lines }) => lines[0]?.productId === product.id);
    });
    const before = await shop.alice.watch<Order>(`/orders/${id}/events`);
    await before.hears(1);

    await Promise.all(ON_ITS_WAY.map((name) => app.process(name).stop()));
    expect((await waiting).status).toBe(202);
    await before.ended;
    expect(before.text()).toMatch(/^retry: \d+$/m);

    await Promise.all([...ON_ITS_WAY, 'inventory-worker'].map((name) => app.process(name).start()));
    const last = before.heard.at(-1)?.id ?? '';
    const after = await shop.alice.watch<Order>(`/orders/${id}/events`, { 'last-event-id': last });
    await after.ended;
    await reaches(shop.alice, id, 'COMPLETED');
    const ids = [...before.heard, ...after.heard].map((event) => Number(event.id));
    expect(ids).toEqual(ids.map((_, index) => index + 1));
    expect(after.heard.at(-1)?.data.status).toBe('COMPLETED');
  });
}
