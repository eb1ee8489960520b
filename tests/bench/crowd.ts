import type { Product } from '../../contracts/http/products.js';
import { inParallel } from '../../platform/in-parallel.js';
import { orderOf, placeOrder, stockedProduct } from '../support/shop.js';
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
        1,
      );
    });
  const enough = () => step('orders of a product each', () => allAtOnce(bench, products, BUYERS));
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

/** Milliseconds until each is answered; throws where another number of them than wanted is completed in the end. */
async function allAtOnce(bench: Bench, products: Product[], wanted: number): Promise<number[]> {
  const beganAt = performance.now();
  const answers = await Promise.all(
    products.map(async (product) => {
      const { body } = await placeOrder(bench.shop.alice, product);
      return { id: body.orderId ?? body.id, ms: performance.now() - beganAt };
    }),
  );
  await untilAllOver(bench);
  const ends = await inParallel(answers, 8, ({ id }) => orderOf(bench.shop.alice, id));
  const completed = ends.filter(({ status }) => status === 'COMPLETED').length;
  if (completed !== wanted) throw new Error(`${completed} orders are completed, and ${wanted} were to be`);
  return answers.map(({ ms }) => ms);
}
