import type { Product } from '../../contracts/http/products.js';
import { inParallel } from '../../platform/in-parallel.js';
import { placeOrder, stockedProduct } from '../support/shop.js';
import { untilAllOver } from './an-order.js';
import { inTurns, quantile, type Measured, type PartSettings } from './row.js';
import type { Bench } from './world.js';

const BUYERS = 100;
/** More than all turns order. */
const PLENTY = 1_000_000;

/** A hundred buyers of the last unit at once, beside as many orders of a product each that there is enough of. */
export async function benchCrowd({ bench, rounds, step }: PartSettings): Promise<Measured> {
  const { shop } = bench;
  const products = await step('a hundred products', () =>
    inParallel(Array.from({ length: BUYERS }), 8, () => stockedProduct(shop, { quantity: PLENTY })),
  );
  const lastUnit = () =>
    step('buyers of the last unit', async () => {
      const product = await stockedProduct(shop, { quantity: 1 });
      return allAtOnce(
        bench,
        Array.from({ length: BUYERS }, () => product),
        { 201: 1, 409: BUYERS - 1 },
      );
    });
  const enough = () => step('orders of a product each', () => allAtOnce(bench, products, { 201: BUYERS }));
  const { ours, base } = await inTurns(rounds, lastUnit, enough);
  const beside = 'a hundred products with enough';
  const read = (value: (answerMs: number[]) => number) => ({ ours: ours.map(value), base: base.map(value) });
  return {
    rows: [
      {
        ...{ what: '100 buyers of the last unit, until all are answered', beside, unit: 'ms', goal: { atMost: 0.3 } },
        ...read((answerMs) => Math.max(...answerMs)),
      },
      {
        ...{ what: '100 buyers of the last unit, p99 of the answers', beside, unit: 'ms', goal: { atMost: 0.3 } },
        ...read((answerMs) => quantile(answerMs, 0.99)),
      },
    ],
  };
}

/** Milliseconds until each is answered; throws where they are answered otherwise than wanted, by how many of each status. */
async function allAtOnce(bench: Bench, products: Product[], wanted: Record<number, number>): Promise<number[]> {
  const beganAt = performance.now();
  const answers = await Promise.all(
    products.map(async (product) => {
      const { status } = await placeOrder(bench.shop.alice, product);
      return { status, ms: performance.now() - beganAt };
    }),
  );
  await untilAllOver(bench);
  const statuses: Record<number, number> = {};
  // An order that is not decided in time is answered with 202 instead, and goes on.
  for (const { status } of answers)
    statuses[status === 202 ? 201 : status] = (statuses[status === 202 ? 201 : status] ?? 0) + 1;
  const late = answers.some(({ status }) => status === 202);
  if (!late && JSON.stringify(statuses) !== JSON.stringify(wanted))
    throw new Error(`answered with ${JSON.stringify(statuses)} instead of ${JSON.stringify(wanted)}`);
  return answers.map(({ ms }) => ms);
}
