import { randomInt, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Order } from '../../contracts/http/orders.js';
import type { Product } from '../../contracts/http/products.js';
import { openBooks, type Books } from '../support/books.js';
import { inParallel } from '../../platform/in-parallel.js';
import { readLogs } from '../support/log-lines.js';
import { SEOUL, openShop, reaches, stockOf, stockedProduct, type Shop } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

const seed = Number(process.env['SEED'] ?? randomInt(1_000_000));
const stocked = 30;

const app = inject('app');
let shop: Shop;
let books: Books;
beforeAll(async () => {
  shop = await openShop(app.gatewayUrl);
  books = openBooks(app);
});
afterAll(() => books.close());

type Line = Order['lines'][number];
interface Placed {
  orderId: string;
  items: Pick<Line, 'productId' | 'quantity'>[];
  /** All of its stock is held for it. */
  isHeld: boolean;
}

it('orders of several lines that cross are had whole or not at all, by two workers that never wait for each other for ever', async () => {
  console.log(`SEED=${seed}`);
  const products = await Promise.all(Array.from({ length: 6 }, () => stockedProduct(shop, { quantity: stocked })));
  const wishes = fc.sample(fc.noBias(crossing(products)), { seed, numRuns: 70 });

  const first = await Promise.all(wishes.slice(0, 40).map(placed));
  await areWhole(products, first);
  // Some are given back while others are taken.
  const had = first.filter(({ isHeld }) => isHeld);
  const givenBack = had.filter((_, index) => index % 2 === 0);
  const [second] = await Promise.all([Promise.all(wishes.slice(40).map(placed)), ...givenBack.map(isCancelled)]);
  await areWhole(products, [...second, ...had.filter((one) => !givenBack.includes(one))]);

  const left = [...had, ...second].filter(({ isHeld }) => isHeld);
  await inParallel(left, 10, isCancelled);
  for (const product of products) expect(await stockOf(shop, product)).toEqual({ quantity: stocked, reserved: 0 });
  expect(readLogs(app.dir).filter(({ text }) => /deadlock|40P01/i.test(text))).toEqual([]);
}, 180_000);

/** Its stock is decided: all of it, or none with 409. */
async function placed(items: Placed['items']): Promise<Placed> {
  const body = { items, shippingAddress: { ...SEOUL, postalCode: '88888' } };
  const key = { 'idempotency-key': randomUUID() };
  const answer = await waitFor(
    'an answer',
    async () => {
      const answered = await shop.alice.post<Order & { orderId?: string }>('/orders', body, key);
      return answered.status < 500 && answered;
    },
    { timeoutMs: 60_000 },
  );
  const orderId = answer.body.orderId ?? answer.body.id;
  const reservation = await waitFor(
    'its stock to be decided',
    async () => {
      const found = (await books.of([orderId])).get(orderId)?.reservation;
      return found !== 'none' && found;
    },
    { timeoutMs: 60_000 },
  );
  expect(reservation).toBe({ 201: 'HELD', 409: 'REFUSED' }[answer.status] ?? reservation);
  return { orderId, items, isHeld: reservation === 'HELD' };
}

/** Two to five products in any order, some named twice; more of them in all than there are. */
function crossing(products: Product[]): fc.Arbitrary<Placed['items']> {
  const item = fc.record({
    productId: fc.constantFrom(...products.map(({ id }) => id)),
    quantity: fc.integer({ min: 1, max: 4 }),
  });
  return fc.array(item, { minLength: 2, maxLength: 5 });
}

async function isCancelled({ orderId }: Placed): Promise<void> {
  await shop.alice.post(`/orders/${orderId}/cancel`, {});
  await reaches(shop.alice, orderId, 'CANCELLED', 60_000);
}

/** What is held is what those who have it ordered, to the unit. Some have, and some have not. */
async function areWhole(products: Product[], orders: Placed[]): Promise<void> {
  expect(new Set(orders.map(({ isHeld }) => isHeld))).toEqual(new Set([true, false]));
  for (const product of products) {
    const reserved = orders
      .filter(({ isHeld }) => isHeld)
      .flatMap(({ items }) => items)
      .filter(({ productId }) => productId === product.id)
      .reduce((sum, { quantity }) => sum + quantity, 0);
    expect(await stockOf(shop, product)).toEqual({ quantity: stocked - reserved, reserved });
  }
}
