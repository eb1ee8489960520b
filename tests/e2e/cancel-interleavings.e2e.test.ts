import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { endStateOf } from '../../docs/made-from-code/end-states.js';
import { openBooks, type Books } from '../support/books.js';
import { carrierOf } from '../support/carrier.js';
import { inParallel } from '../../platform/in-parallel.js';
import { allMails } from '../support/inbox.js';
import { callOff, type Caller } from '../support/interleavings/call-off.js';
import { isOver, mistakes, soldBy } from '../support/interleavings/check.js';
import { plans } from '../support/interleavings/plan.js';
import { MOMENTS, whereItFell } from '../support/interleavings/where-it-fell.js';
import { openShop, stockOf, stockedProduct, type Shop } from '../support/shop.js';
import { waitFor } from '../support/wait-for.js';

/** SEED gives the plans of an earlier run again; how the machine mixes them is never quite the same. */
const seed = Number(process.env['SEED'] ?? randomInt(1_000_000));
const orders = 200;
/** With more at once each takes longer, and the short moments are missed. */
const atOnce = 16;
const stocked = 1_000;

const app = inject('app');
let shop: Shop;
let books: Books;
beforeAll(async () => {
  shop = await openShop(app.gatewayUrl);
  books = openBooks(app);
});
afterAll(() => books.close());

it('an order called off at any moment ends as a row of the table of end states, in the books of every service', async () => {
  const prices = [1_000, 2_500, 40_000];
  const products = await Promise.all(prices.map((price) => stockedProduct(shop, { quantity: stocked, price })));
  const productOf = (index: number) => products[index % products.length]!;
  const report = carrierOf(app);
  const callers: Caller[] = [
    { userId: 1, buyer: shop.alice, admin: shop.admin, report },
    { userId: 2, buyer: shop.bob, admin: shop.admin, report },
  ];
  const run = `interleavings-${seed}-${Date.now()}`;
  const calledOff = await inParallel(plans(seed, orders), atOnce, (plan, index) =>
    callOff(callers[index % callers.length]!, productOf(index), `${run}-${index}`, plan),
  );

  const ids = calledOff.map(({ orderId }) => orderId);
  const left = await waitFor(
    'all orders to be over, and their customers to be told',
    async () => {
      const found = await books.of(ids);
      const open = [...found].filter(([, left]) => !isOver(left));
      if (open.length > 0) throw new Error(JSON.stringify(open.slice(0, 5)));
      return found;
    },
    { timeoutMs: 180_000, intervalMs: 250 },
  );
  const leftBy = (orderId: string) => left.get(orderId)!;

  const fell = await inParallel(calledOff, 8, (one) => whereItFell(app.temporalNamespace, one, leftBy(one.orderId)));
  console.log(
    [`SEED=${seed}: ${orders} orders called off`, ...counted('while', fell)]
      .concat(
        counted(
          'from',
          calledOff.map(({ orderId }) => leftBy(orderId).statuses.filter(isNoEnd).at(-1) ?? ''),
        ),
      )
      .concat(
        counted(
          'answered',
          calledOff.map(({ answer }) => String(answer.status)),
        ),
      )
      .concat(
        counted(
          'ended as',
          calledOff.map(({ orderId }) => endStateOf(leftBy(orderId))?.end ?? 'no row of the table'),
        ),
      )
      .join('\n'),
  );

  const mails = (await allMails()).map(({ subject, text }) => `${subject} ${text}`);
  const mailsAbout = (orderId: string) => mails.filter((mail) => mail.includes(orderId)).length;
  expect(calledOff.flatMap((one) => mistakes(one, leftBy(one.orderId), mailsAbout(one.orderId)))).toEqual([]);
  for (const [number, product] of products.entries()) {
    const sold = calledOff.map((one, index) =>
      productOf(index) === products[number] ? soldBy(one, leftBy(one.orderId)) : 0,
    );
    const quantity = stocked - sold.reduce((sum, units) => sum + units, 0);
    expect(await stockOf(shop, product)).toEqual({ quantity, reserved: 0 });
  }
  expect(MOMENTS.filter((moment) => !fell.includes(moment))).toEqual([]);
}, 600_000);

const isNoEnd = (status: string) => !['CANCELLING', 'CANCELLED', 'COMPLETED'].includes(status);

function counted(what: string, all: readonly string[]): string[] {
  const kinds = [...new Set(all)].sort();
  return kinds.map((kind) => `${String(all.filter((one) => one === kind).length).padStart(5)} ${what} ${kind}`);
}
