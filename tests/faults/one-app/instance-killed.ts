import { afterEach, beforeAll, expect, it } from 'vitest';
import type { Order } from '../../../contracts/http/orders.js';
import type { Product } from '../../../contracts/http/products.js';
import { answeredReads } from '../../support/answered-reads.js';
import type { RunningApp } from '../../support/app.js';
import { startLoad, type Load } from '../../support/load.js';
import { openShop, placeOrder, stockOf, stockedProduct, type Shop } from '../../support/shop.js';
import { whileStopped } from '../../support/while-stopped.js';
import { waitFor } from '../../support/wait-for.js';
import { TWICE } from './one-app.js';

/** What the load asks of each. */
const ROUTES = {
  'order-service': '/orders',
  'product-service': '/products/:id',
  'user-service': '/users/:id',
} as const;

export function instanceKilled(running: () => RunningApp): void {
  let app: RunningApp;
  let shop: Shop;
  let product: Product;
  let reads: Load<number>;
  let orders: Load<Awaited<ReturnType<typeof placeOrder>>>;
  let keys: string;

  beforeAll(async () => {
    app = running();
    shop = await openShop(app.gatewayUrl);
  });
  afterEach(async () => {
    await Promise.all([reads.stop(), orders.stop()]);
  });

  async function startBoth(name: string): Promise<void> {
    product = await stockedProduct(shop, { quantity: 1000 });
    keys = name;
    const paths = [`/products/${product.id}`, '/orders?limit=1', '/users/1'];
    reads = startLoad(
      { everyMs: 50, atMost: 4 },
      async (n) => (await shop.alice.get(paths[n % paths.length] ?? '')).status,
    );
    orders = startLoad({ everyMs: 300, atMost: 2 }, (n) => placeOrder(shop.alice, product, { key: `${name}-${n}` }));
    // One that was just started may still be left out, and then a read has nowhere else to go.
    await Promise.all(TWICE.flatMap((one) => [hasTurns(one, one), hasTurns(`${one}-2`, one)]));
  }

  /** So many more of each have come back. */
  async function more(count: number): Promise<void> {
    const [readsThen, ordersThen] = [reads.sent.length, orders.sent.length];
    const enough = () => reads.sent.length >= readsThen + count * 5 && orders.sent.length >= ordersThen + count;
    await waitFor(`${count} more orders and ${count * 5} more reads`, enough, { timeoutMs: 60_000 });
  }

  /** Requests of the load that this instance has answered since it was started. */
  const answered = (name: string, service: keyof typeof ROUTES) => answeredReads(app.urls[name], ROUTES[service]);

  async function hasTurns(name: string, service: keyof typeof ROUTES): Promise<void> {
    const before = await answered(name, service);
    await waitFor(`requests to ${name}`, async () => (await answered(name, service)) > before + 5, {
      timeoutMs: 60_000,
    });
  }

  /** Stops the load and counts. */
  async function allWasRight(): Promise<void> {
    const [allReads, placed] = await Promise.all([reads.stop(), orders.stop()]);
    expect(allReads.filter(({ answer }) => answer !== 200)).toEqual([]);

    // A caller who got no order asks again with the same key.
    const idOf = new Map<number, string>();
    for (const { number, answer } of placed) {
      const final =
        answer && answer.status < 500 ? answer : await placeOrder(shop.alice, product, { key: `${keys}-${number}` });
      expect([201, 202]).toContain(final.status);
      expect(final.body.userVerified).toBe(true);
      idOf.set(number, final.body.id);
    }
    const ids = [...idOf.values()].sort();
    expect(new Set(ids).size).toBe(ids.length);
    expect(await ordersOf(product)).toEqual(ids);
    const { quantity } = await waitFor('every order has its stock', async () => {
      const stock = await stockOf(shop, product);
      return stock.quantity === 1000 - ids.length && stock;
    });
    expect(quantity).toBe(1000 - ids.length);
  }

  /** The ids of all orders of a product, as the database has them. */
  async function ordersOf({ id }: Product): Promise<string[]> {
    const found: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { body: { items: Order[]; nextCursor: string | null } } = await shop.alice.get(
        `/orders?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      for (const order of page.body.items) if (order.lines[0]?.productId === id) found.push(order.id);
      cursor = page.body.nextCursor;
    }
    return found.sort();
  }

  it('killed under load: no read fails, no order is doubled, and it has turns when it is back', async () => {
    await startBoth('killed');
    await more(3);
    await Promise.all(TWICE.map((name) => app.process(name).kill9()));
    await more(8);
    for (const service of TWICE) expect(await answered(`${service}-2`, service)).toBeGreaterThan(5);
    await Promise.all(TWICE.map((name) => app.process(name).start()));
    await Promise.all(TWICE.map((name) => hasTurns(name, name)));
    await allWasRight();
  });

  it('restarted in order under load, first one of each service, then the other: no read and no order fails', async () => {
    await startBoth('restarted');
    await more(3);
    for (const instance of ['', '-2']) {
      const named = TWICE.map((service) => ({ name: `${service}${instance}`, service }));
      await Promise.all(named.map(({ name }) => app.process(name).stop()));
      await more(2);
      await Promise.all(named.map(({ name }) => app.process(name).start()));
      // Its first answers take longest, on a busy machine longer than an order waits for a price.
      await Promise.all(named.map(({ name, service }) => hasTurns(name, service)));
    }
    const [allReads, placed] = await Promise.all([reads.stop(), orders.stop()]);
    expect(allReads.filter(({ answer }) => answer !== 200)).toEqual([]);
    expect(placed.filter(({ answer }) => answer?.status !== 201 && answer?.status !== 202)).toEqual([]);
    expect(await ordersOf(product)).toEqual(placed.map(({ answer }) => answer?.body.id).sort());
  });

  it('hanging under load: the same', async () => {
    await startBoth('hung');
    await more(3);
    await whileStopped(
      TWICE.map((name) => app.process(name)),
      () => more(8),
    );
    await Promise.all(TWICE.map((name) => hasTurns(name, name)));
    await allWasRight();
  });
}
