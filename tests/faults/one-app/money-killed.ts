import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
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

/** What a person asks for; true: it is answered as it must be. */
interface Work {
  ask: () => Promise<boolean>;
  isDoneOnce: () => Promise<void>;
}

interface Death {
  process: CrashProcess;
  point: CrashPoint;
  begin: () => Promise<Work>;
}

/** At each process's points whose names begin so. */
const deathsAt = (beginnings: string[], begin: Death['begin']): Death[] =>
  (Object.keys(CRASH_POINTS) as CrashProcess[]).flatMap((process) =>
    (Object.keys(CRASH_POINTS[process]) as CrashPoint[])
      .filter((point) => beginnings.some((beginning) => point.startsWith(`${beginning}: `)))
      .map((point) => ({ process, point, begin })),
  );

/** One of each process at once: what each leads to may die at another's point, and has to end well all the same. */
function roundsOf(deaths: Death[]): [string, Death[]][] {
  const rounds: Death[][] = [];
  for (const death of deaths) {
    const free = rounds.find((round) => round.every(({ process }) => process !== death.process));
    if (free === undefined) rounds.push([death]);
    else free.push(death);
  }
  return rounds.map((round) => [round.map(({ process, point }) => `${process} dies at "${point}"`).join(', '), round]);
}

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
  async function dying({ process, point }: Death, ask: Work['ask']): Promise<void> {
    await app.crashPoints.arm(point);
    // Whoever dies may be the one that is to answer it.
    const first = ask().catch(() => false);
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

  async function refundWithGoods(): Promise<Work> {
    const product = await stockedProduct(shop, { quantity: 5, price: PRICE });
    const orderId = await ordered(product, 3, 'COMPLETED');
    const key = randomUUID();
    const asked = { lines: [{ productId: product.id, quantity: 2 }], reason: 'a scratch', restock: true };
    const refund = () => shop.admin.post<Refund>(`/orders/${orderId}/refunds`, asked, { 'idempotency-key': key });
    return {
      ask: async () => (await refund()).status === 201,
      isDoneOnce: async () => {
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
      },
    };
  }

  /** The provider's webhook comes long before the order would ask by itself. */
  async function transfer(): Promise<Work> {
    const product = await stockedProduct(shop, { quantity: 2, price: PRICE });
    const wish = { paymentMethod: 'bank_transfer', key: randomUUID() };
    let orderId: string | undefined;
    return {
      ask: async () => {
        orderId ??= (await placeOrder(shop.alice, product, wish)).body.id;
        return (await orderOf(shop.alice, orderId)).status === 'COMPLETED';
      },
      isDoneOnce: async () => {
        const id = String(orderId);
        expect(await paymentsOf(shop.alice, id)).toMatchObject([{ status: 'CHARGED', amount: PRICE }]);
        expect((await books.of([id])).get(id)?.net).toEqual({ ours: PRICE, theProviders: PRICE });
      },
    };
  }

  async function approval(): Promise<Work> {
    const product = await stockedProduct(shop, { quantity: 2, price: REVIEWED_PRICE });
    const orderId = await ordered(product, 1, 'INVENTORY_RESERVED');
    return {
      ask: async () => {
        const decision = { decision: 'approve', note: 'she has called' };
        const { status, body } = await shop.admin.post<{ code?: string }>(`/orders/${orderId}/review`, decision);
        return status === 202 || body.code === 'review-not-needed';
      },
      isDoneOnce: async () => {
        expect(await reaches(shop.alice, orderId, 'COMPLETED', 60_000)).toMatchObject({ review: 'APPROVED' });
        expect(await paymentsOf(shop.alice, orderId)).toMatchObject([{ status: 'CHARGED', amount: REVIEWED_PRICE }]);
        expect((await timelineOf(orderId)).filter((line) => line === 'review done')).toHaveLength(1);
        expect((await books.of([orderId])).get(orderId)?.net.theProviders).toBe(REVIEWED_PRICE);
        expect(await stockOf(shop, product)).toEqual({ quantity: 1, reserved: 0 });
      },
    };
  }

  const deaths = [
    ...deathsAt(['give back', 'part', 'part told', 'restock', 'restock told'], refundWithGoods),
    ...deathsAt(['webhook', 'payment news'], transfer),
    ...deathsAt(['ask'], approval),
  ];

  it.each(roundsOf(deaths))('%s: what was asked for is done, once', async (_named, round) => {
    const begun = await Promise.all(round.map(async (death) => ({ death, work: await death.begin() })));
    await Promise.all(begun.map(({ death, work }) => dying(death, work.ask)));
    for (const { work } of begun) await work.isDoneOnce();
  });
}
