import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Order } from '../../../contracts/http/orders.js';
import type { RunningApp } from '../../support/app.js';
import { openShop, placeOrder, reaches, stockedProduct, type Shop } from '../../support/shop.js';
import { workflowsIn } from '../../support/temporal.js';
import { waitFor } from '../../support/wait-for.js';
import type { Alerts } from './alerts.js';
import { TWICE } from './one-app.js';

export function servicesAway(running: () => RunningApp, alerts: () => Alerts): void {
  let app: RunningApp;
  let shop: Shop;
  const secondInstances = TWICE.map((name) => `${name}-2`);
  beforeAll(async () => {
    app = running();
    // A service is away with all its instances, and each has a breaker of its own.
    await Promise.all(secondInstances.map((name) => app.process(name).stop()));
    shop = await openShop(app.gatewayUrl);
  });
  afterAll(() => Promise.all(secondInstances.map((name) => app.process(name).start())));

  /** The state of the order service's breaker before the user service, as its metrics have it. */
  async function breaker(): Promise<string | undefined> {
    const metrics = await (await fetch(`${app.urls['order-service']}/metrics`)).text();
    return /^circuit_breaker_state\{.*state="(.+?)".*\} 1$/m.exec(metrics)?.[1];
  }

  it('user service: what the token says is believed, a breaker opens, and a trial closes it', async () => {
    const product = await stockedProduct(shop, { quantity: 1000 });
    expect(await breaker()).toBe('closed');
    await app.process('user-service').stop();
    /** Shortly before it opened. */
    let closedAt = 0;
    try {
      const placed = await placeOrder(shop.alice, product);
      expect(placed.status).toBe(201);
      expect(placed.body.userVerified).toBe(false);
      await reaches(shop.alice, placed.body.id, 'COMPLETED', 60_000);

      // The address is the user service's to know.
      const without = await shop.alice.post<{ errors: { path: string }[] }>('/orders', {
        productId: product.id,
        quantity: 1,
      });
      expect(without.status).toBe(400);
      expect(without.body.errors).toMatchObject([{ path: 'shippingAddress' }]);

      // The last ten calls decide, so ten orders at most.
      for (let order = 0; order < 10 && (await breaker()) === 'closed'; order++) {
        closedAt = Date.now();
        const next = await placeOrder(shop.alice, product, { respondAsync: true });
        expect([next.status, next.body.userVerified]).toEqual([202, false]);
      }
      expect(await breaker()).toBe('open');
      await alerts().fire('HoldfastBreakerOpen', { breaker: 'user-service' });
      await alerts().fire('HoldfastProcessDown', { process: 'user-service' });
    } finally {
      await app.process('user-service').start();
    }
    // Only an order makes a trial, and not before its time.
    const verified = await waitFor(
      'an order whose user was verified again',
      async () => {
        const placed = await placeOrder(shop.alice, product, { respondAsync: true });
        return placed.body.userVerified && Date.now();
      },
      { timeoutMs: 60_000, intervalMs: 250 },
    );
    expect(verified - closedAt).toBeGreaterThanOrEqual(10_000);
    expect(await breaker()).toBe('closed');
    await alerts().end('HoldfastBreakerOpen', { breaker: 'user-service' });
    await alerts().end('HoldfastProcessDown', { process: 'user-service' });
    const log = readFileSync(app.process('order-service').logFile, 'utf8');
    const states = [...log.matchAll(/circuit breaker ([\w-]+)/g)].map(([, state]) => state);
    // On a machine that does much else the service may miss a trial.
    expect(states.join(' ')).toMatch(/^(open half-open )+closed$/);
  });

  it('product service: no price, so 503 and nothing was started', async () => {
    const product = await stockedProduct(shop);
    const ordersBefore = (await shop.bob.get<{ items: Order[] }>('/orders?limit=100')).body.items.length;
    const workflowsBefore = await workflowsIn(app.temporalNamespace);
    await app.process('product-service').stop();
    try {
      const placed = await placeOrder(shop.bob, product);
      expect(placed.status).toBe(503);
      expect(placed.body.code).toBe('pricing-unavailable');
      expect(Number(placed.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await app.process('product-service').start();
    }
    expect((await shop.bob.get<{ items: Order[] }>('/orders?limit=100')).body.items).toHaveLength(ordersBefore);
    expect(await workflowsIn(app.temporalNamespace)).toBe(workflowsBefore);
    // Callers leave what has failed alone for a while.
    await waitFor('an order', async () => (await placeOrder(shop.alice, product)).status === 201);
  });

  it('inventory worker: the order is taken as 202 and goes on when the worker is back', async () => {
    const product = await stockedProduct(shop);
    await app.process('inventory-worker').kill9();
    const placed = await placeOrder(shop.alice, product);
    expect(placed.status).toBe(202);
    expect(placed.body.status).toBe('PENDING');
    await app.process('inventory-worker').start();
    // Where it was away until an operator was asked, the order rests for half a minute.
    await reaches(shop.alice, placed.body.id, 'COMPLETED', 60_000);
  });
}
