import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Product } from '../../../contracts/http/products.js';
import type { Refund, Timeline } from '../../../contracts/http/orders.js';
import { CRASH_POINTS, type CrashPoint, type CrashProcess } from '../../../platform/crash-points/crash-point.js';
import type { RunningApp } from '../../support/app.js';
import { openBooks, type Books } from '../../support/books.js';
import {
  openShop,
  orderOf,
  paymentsOf,
  placeOrder,
  reaches,
  REVIEWED_PRICE,
  stockedProduct,
  stockOf,
  type Shop,
} from '../../support/shop.js';
import { waitFor } from '../../support/wait-for.js';

const PRICE = 1_000;

/** Each process with each of its points whose name begins so. */
const pointsOf = (...beginnings: string[]): [CrashProcess, CrashPoint][] =>
  (Object.keys(CRASH_POINTS) as CrashProcess[]).flatMap((process) =>
    (Object.keys(CRASH_POINTS[process]) as CrashPoint[]).flatMap((point): [CrashProcess, CrashPoint][] =>
      beginnings.some((beginning) => point.startsWith(`${beginning}: `)) ? [[process, point]] : [],
    ),
  );

/** What a person has begun: a refund with goods, an approval. Whoever works at it dies, and they ask again. */
export function moneyKilled(running: () => RunningApp): void {
  let app: RunningApp;
  let shop: Shop;
  let books: Books;
  beforeAll(async () => {
    app = running();
    shop = await openShop(app.gatewayUrl);
    books = openBooks(app);
  });
  afterAll(() => books.close());

  const instancesOf = (process: CrashProcess) =>
    process === 'order-service' ? [process, `${process}-2`].map((name) => app.process(name)) : [app.process(process)];
  const startedAgain = (process: CrashProcess) => Promise.all(instancesOf(process).map((one) => one.start()));
  // One that has died stays away if its test fails before it is back.
  afterEach(() => Promise.all((Object.keys(CRASH_POINTS) as CrashProcess[]).map(startedAgain)));

  /** `ask` is asked until it answers so, also by whom is started anew. */
  async function dying(process: CrashProcess, point: CrashPoint, ask: () => Promise<boolean>): Promise<void> {
    await app.crashPoints.arm(point);
    const first = ask();
    await waitFor(`a death at "${point}"`, () => instancesOf(process).some(({ pid }) => pid === undefined));
    expect(app.crashPoints.isArmed(point)).toBe(false);
    await startedAgain(process);
    await first;
    await waitFor('the answer', ask, { timeoutMs: 60_000 });
  }

  const timelineOf = async (orderId: string) =>
    (await shop.admin.get<Timeline>(`/orders/${orderId}/timeline`)).body.items.map(
      ({ step, outcome }) => `${step} ${outcome}`,
    );
  const ordered = async (product: Product, quantity: number, status: 'COMPLETED' | 'INVENTORY_RESERVED') => {
    const { body } = await placeOrder(shop.alice, product, { quantity });
    await reaches(shop.alice, body.id, status, 60_000);
    return body.id;
  };

  describe('of a refund with goods', () => {
    const points = pointsOf('give back', 'part', 'part told', 'restock', 'restock told');

    it.each(points)('%s dies at "%s": money and goods are back, each once', async (process, point) => {
      const product = await stockedProduct(shop, { quantity: 5, price: PRICE });
      const orderId = await ordered(product, 3, 'COMPLETED');
      const key = randomUUID();
      const asked = { lines: [{ productId: product.id, quantity: 2 }], reason: 'a scratch', restock: true };
      const refund = () => shop.admin.post<Refund>(`/orders/${orderId}/refunds`, asked, { 'idempotency-key': key });
      await dying(process, point, async () => (await refund()).status === 201);

      expect((await refund()).body).toMatchObject({ state: 'DONE', amount: 2 * PRICE, restocked: true });
      expect(await stockOf(shop, product)).toEqual({ quantity: 4, reserved: 0 });
      const [payment] = await paymentsOf(shop.alice, orderId);
      expect(payment).toMatchObject({ status: 'CHARGED', refunds: [{ amount: 2 * PRICE }] });
      expect(payment?.refunds).toHaveLength(1);
      const { body: order } = await shop.admin.get<{ refunds?: unknown[] }>(`/orders/${orderId}`);
      expect(order.refunds).toMatchObject([{ amount: 2 * PRICE, restocked: true }]);
      const told = (await timelineOf(orderId)).filter((line) => /refunded|restocked/.test(line));
      expect(told).toEqual([...new Set(told)]);
      const inBooks = (await books.of([orderId])).get(orderId);
      expect(inBooks?.net).toEqual({ ours: PRICE, theProviders: PRICE });
      expect(inBooks?.toBeTold.filter((topic) => topic === 'payment-refunded')).toHaveLength(1);
    });
  });

  describe('of a webhook', () => {
    // Long before an order would ask by itself.
    it.each(pointsOf('webhook', 'payment news'))(
      '%s dies at "%s": the order goes on, paid once',
      async (process, point) => {
        const product = await stockedProduct(shop, { quantity: 2, price: PRICE });
        let placed: Promise<string> | undefined;
        const place = async () => (await placeOrder(shop.alice, product, { paymentMethod: 'bank_transfer' })).body.id;
        await dying(
          process,
          point,
          async () => (await orderOf(shop.alice, await (placed ??= place()))).status === 'COMPLETED',
        );
        const orderId = (await placed) ?? '';
        expect(await paymentsOf(shop.alice, orderId)).toMatchObject([{ status: 'CHARGED', amount: PRICE }]);
        expect((await books.of([orderId])).get(orderId)?.net).toEqual({ ours: PRICE, theProviders: PRICE });
      },
    );
  });

  describe('of an approval', () => {
    it.each(pointsOf('ask'))('%s dies at "%s": the order is charged, once', async (process, point) => {
      const product = await stockedProduct(shop, { quantity: 2, price: REVIEWED_PRICE });
      const orderId = await ordered(product, 1, 'INVENTORY_RESERVED');
      await dying(process, point, async () => {
        const decision = { decision: 'approve', note: 'she has called' };
        const { status, body } = await shop.admin.post<{ code?: string }>(`/orders/${orderId}/review`, decision);
        return status === 202 || body.code === 'review-not-needed';
      });

      expect(await reaches(shop.alice, orderId, 'COMPLETED', 60_000)).toMatchObject({ review: 'APPROVED' });
      expect(await paymentsOf(shop.alice, orderId)).toMatchObject([{ status: 'CHARGED', amount: REVIEWED_PRICE }]);
      expect((await timelineOf(orderId)).filter((line) => line === 'review done')).toHaveLength(1);
      expect((await books.of([orderId])).get(orderId)?.net.theProviders).toBe(REVIEWED_PRICE);
      expect(await stockOf(shop, product)).toEqual({ quantity: 1, reserved: 0 });
    });
  });
}
