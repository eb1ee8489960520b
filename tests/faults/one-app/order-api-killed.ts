import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Order, Timeline } from '../../../contracts/http/orders.js';
import { answeredReads } from '../../support/answered-reads.js';
import type { RunningApp } from '../../support/app.js';
import { openBooks, type Books } from '../../support/books.js';
import { mailsArrive } from '../../support/inbox.js';
import { openShop, paymentsOf, placeOrder, reaches, stockOf, stockedProduct, type Shop } from '../../support/shop.js';
import { workflowsIn } from '../../support/temporal.js';
import { waitFor } from '../../support/wait-for.js';

const INSTANCES = ['order-service', 'order-service-2'] as const;
const IN_BETWEEN = ['place: row written', 'place: workflow started'] as const;

/** How soon an order has its workflow, whatever died. */
const sweptWithinMs = 10_000;

export function orderApiKilled(running: () => RunningApp): void {
  let app: RunningApp;
  let shop: Shop;
  let books: Books;
  beforeAll(async () => {
    app = running();
    shop = await openShop(app.gatewayUrl);
    books = openBooks(app);
  });
  afterEach(() => Promise.all(INSTANCES.map((name) => app.process(name).start())));
  afterAll(() => books.close());

  const oneHasDied = () =>
    waitFor('an instance to die', () => INSTANCES.some((name) => app.process(name).pid === undefined));

  /** The gateway leaves an instance that has died alone for a while, also when it is back. */
  async function bothHaveTurns(orderId: string): Promise<void> {
    const reads = () => Promise.all(INSTANCES.map((name) => answeredReads(app.urls[name], '/orders/:id')));
    const before = await reads();
    await waitFor('both instances to have turns', async () => {
      await shop.alice.get(`/orders/${orderId}`);
      return (await reads()).every((count, index) => count > (before[index] ?? 0));
    });
  }

  /** One order, one workflow, one charge, each mail once. */
  async function isOne(orderId: string): Promise<void> {
    await reaches(shop.alice, orderId, 'COMPLETED', 60_000);
    await mailsArrive(orderId, 4, 60_000);
    expect(await paymentsOf(shop.alice, orderId)).toMatchObject([{ status: 'CHARGED' }]);
    expect((await books.of([orderId])).get(orderId)?.mails.toSorted()).toEqual([
      'delivery-completed',
      'delivery-started',
      'order-created',
      'payment-completed',
    ]);
    await waitFor('one workflow to be counted', async () => (await workflowsIn(app.temporalNamespace, orderId)) === 1);
  }

  it.each(IN_BETWEEN)(
    'a hundred posts with one key, and one instance dies at "%s": one order for all',
    async (point) => {
      const product = await stockedProduct(shop, { quantity: 10 });
      const key = randomUUID();
      await app.crashPoints.arm(point);
      const place = async () => {
        const answer = await placeOrder(shop.alice, product, { key });
        // A caller who got no order asks again with the same key.
        return answer.status < 500 ? answer : placeOrder(shop.alice, product, { key });
      };
      const answers = await Promise.all(Array.from({ length: 100 }, place));
      await oneHasDied();

      const [orderId = '', ...others] = new Set(answers.map(({ body }) => body.id));
      expect(others).toEqual([]);
      expect(new Set(answers.map(({ status }) => status)).size).toBe(1);
      expect([201, 202]).toContain(answers[0]?.status);
      // Whoever wrote it may be the one who died.
      expect(answers.filter(({ headers }) => !headers.has('idempotency-replayed')).length).toBeLessThanOrEqual(1);
      await isOne(orderId);
      expect(await stockOf(shop, product)).toEqual({ quantity: 9, reserved: 0 });

      const other = await placeOrder(shop.alice, product, { key, quantity: 2 });
      expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reuse']);
    },
  );

  it.each(IN_BETWEEN)(
    'at "%s", and nobody asks again: the order goes its way, and is found by the same key later',
    async (point) => {
      const product = await stockedProduct(shop, { quantity: 10 });
      const key = randomUUID();
      await app.process('order-service-2').kill9();
      await app.crashPoints.arm(point);
      const lost = await placeOrder(shop.alice, product, { key });
      expect([502, 503]).toContain(lost.status);
      await oneHasDied();
      // No instance is left: the sweeper alone can know of it.
      await waitFor('the stock to be held', async () => (await stockOf(shop, product)).quantity === 9, {
        timeoutMs: sweptWithinMs,
      });

      await app.process('order-service').start();
      // The gateway leaves an instance that failed alone for a while.
      const again = await waitFor('an answer', async () => {
        const answer = await placeOrder(shop.alice, product, { key });
        return answer.status < 500 && answer;
      });
      expect([201, 202]).toContain(again.status);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      await isOne(again.body.id);
      expect(await startedAfter(again.body.id)).toBeLessThan(sweptWithinMs);
      expect(await stockOf(shop, product)).toEqual({ quantity: 9, reserved: 0 });
    },
  );

  it('before the row is written, without a key: nothing was ordered, and a second post is the only order', async () => {
    const product = await stockedProduct(shop, { quantity: 10 });
    await app.crashPoints.arm('place: before the row');
    const lost = await placeOrder(shop.alice, product);
    expect([lost.status, lost.body.code]).toEqual([502, 'answer-lost']);
    const placed = await placeOrder(shop.alice, product);
    await isOne(placed.body.id);
    expect(await stockOf(shop, product)).toEqual({ quantity: 9, reserved: 0 });
  });

  it('twenty cancellations at both, and one dies when it has asked: all have their answer, and one undo', async () => {
    const product = await stockedProduct(shop, { quantity: 10 });
    const { body } = await placeOrder(shop.alice, product, { postalCode: '88888' });
    await reaches(shop.alice, body.id, 'DELIVERY_STARTED');
    await bothHaveTurns(body.id);
    await app.crashPoints.arm('cancel: asked');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.alice.post<Order & { code?: string }>(`/orders/${body.id}/cancel`, {})),
    );
    await oneHasDied();
    // Of those that the dead one had in its hands nobody knows; the others are told of the end.
    const told = answers.filter(({ status }) => status !== 502);
    expect(told.length).toBeGreaterThanOrEqual(5);
    expect(new Set(told.map((answer) => `${answer.status} ${answer.body.status}`))).toEqual(new Set(['200 CANCELLED']));
    const again = await shop.alice.post<Order>(`/orders/${body.id}/cancel`, {});
    expect([again.status, again.body.status]).toEqual([200, 'CANCELLED']);
    expect(await paymentsOf(shop.alice, body.id)).toMatchObject([{ status: 'REFUNDED', refunds: [{ amount: 1_000 }] }]);
    expect(await stockOf(shop, product)).toEqual({ quantity: 10, reserved: 0 });
  });

  /** From the row to the first step that is written down, in milliseconds. */
  async function startedAfter(orderId: string): Promise<number> {
    const { body } = await shop.alice.get<Timeline>(`/orders/${orderId}/timeline`);
    const at = (step: string) => new Date(body.items.find((entry) => entry.step === step)?.at ?? NaN).getTime();
    return at('reserve-stock') - at('order-created');
  }
}
