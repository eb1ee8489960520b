import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import { waitingForLocks } from '../../tests/support/database.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { expectNoUnitLost } from './testing/no-unit-lost.js';
import { openInventory } from './testing/open-inventory.js';
import type { OpenInventory } from './testing/open-inventory.js';

// No lock here: the database alone has to be right.

/** Steps at once, and connections for them. */
const CROWD = 40;

let inventory: OpenInventory;
beforeAll(async () => void (inventory = await openInventory(CROWD)));
afterAll(() => inventory.close());

const line = (productId: number, quantity: number) => ({ productId, quantity });
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

test('of a hundred buyers of the last unit at once one gets it, and the others hear that there is none', async () => {
  const product = await inventory.stocked(1);
  const lines = [line(product, 1)];
  const outcomes = await inventory.atOnce(product, CROWD, () =>
    Promise.all(times(100, () => inventory.stock.reserve({ orderId: inventory.newOrder(), lines }))),
  );
  expect(outcomes.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(1);
  const refused = { outcome: 'insufficient', productId: product, requested: 1, available: 0 };
  expect(outcomes.filter(({ outcome }) => outcome !== 'reserved')).toEqual(times(99, () => refused));
  expect(await inventory.levelOf(product)).toBe('0/1');
});

test('stock set while orders take it: what was set is what can be ordered from then on, and nothing held is lost', async () => {
  const product = await inventory.stocked(10);
  const lines = [line(product, 1)];
  const reserve = () => inventory.stock.reserve({ orderId: inventory.newOrder(), lines });
  const outcomes = await inventory.atOnce(product, CROWD, () =>
    Promise.all([
      ...times(20, reserve),
      inventory.stock.setQuantity(product, 10).then((level) => ({ outcome: 'set' as const, level })),
      ...times(20, reserve),
    ]),
  );
  const held = outcomes.filter(({ outcome }) => outcome === 'reserved').length;
  const set = outcomes.flatMap((result) => (result.outcome === 'set' ? [result.level] : []))[0];
  expect(set?.quantity).toBe(10);
  const takenSince = held - (set?.reserved ?? 0);
  expect(await inventory.levelOf(product)).toBe(`${String(10 - takenSince)}/${String(held)}`);
});

test('the same order tried many times at once is one reservation', async () => {
  const [one, two] = [await inventory.stocked(100), await inventory.stocked(100)];
  const request = { orderId: inventory.newOrder(), lines: [line(one, 2), line(two, 3)] };
  const outcomes = await inventory.atOnce(one, CROWD, () =>
    Promise.all(times(CROWD, () => inventory.stock.reserve(request))),
  );
  expect(outcomes).toEqual(times(CROWD, () => ({ outcome: 'reserved' })));
  expect([await inventory.levelOf(one), await inventory.levelOf(two)]).toEqual(['98/2', '97/3']);
});

test('the same order for the last unit, many times at once, always hears that it has it', async () => {
  const product = await inventory.stocked(1);
  const request = { orderId: inventory.newOrder(), lines: [line(product, 1)] };
  const outcomes = await inventory.atOnce(product, CROWD, () =>
    Promise.all(times(CROWD, () => inventory.stock.reserve(request))),
  );
  expect(outcomes).toEqual(times(CROWD, () => ({ outcome: 'reserved' })));
  expect(await inventory.levelOf(product)).toBe('0/1');
});

test('the same order of what was never stocked, many times at once, is refused once', async () => {
  const request = { orderId: inventory.newOrder(), lines: [line(800_001, 1), line(800_002, 1)] };
  const outcomes = await Promise.all(times(CROWD, () => inventory.stock.reserve(request)));
  const refused = { outcome: 'insufficient', productId: 800_001, requested: 1, available: 0 };
  expect(outcomes).toEqual(times(CROWD, () => refused));
});

test('a release that comes while repeats of its reservation still wait gives back all of it', async () => {
  for (let round = 0; round < 10; round++) {
    const product = await inventory.stocked(100);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    const outcomes = await inventory.atOnce(product, CROWD - 2, async () => {
      const attempts = times(CROWD - 2, () => inventory.stock.reserve(request));
      await Promise.race(attempts);
      expect(await inventory.stock.release(request)).toBe('released');
      return Promise.all(attempts);
    });
    expect(outcomes.every(({ outcome }) => outcome !== 'insufficient')).toBe(true);
    expect(await inventory.levelOf(product)).toBe('100/0');
  }
});

test('orders that name the same products in opposite directions do not wait for each other for ever', async () => {
  const products = await Promise.all(times(5, () => inventory.stocked(1_000)));
  const forwards = products.map((product) => line(product, 1));
  const backwards = [...forwards].reverse();
  const orders = times(200, (index) => ({ orderId: inventory.newOrder(), lines: index % 2 ? forwards : backwards }));
  await inventory.atOnce(products[2]!, CROWD, () =>
    Promise.all(
      orders.map(async (request, index) => {
        await inventory.stock.reserve(request);
        if (index % 3 === 0) await inventory.stock.release(request);
        if (index % 3 === 1) await inventory.stock.commit(request);
      }),
    ),
  );
  const [released, committed] = [67, 67];
  for (const product of products) {
    expect(await inventory.levelOf(product)).toBe(
      `${String(1_000 - 200 + released)}/${String(200 - released - committed)}`,
    );
  }
});

test('reservation, its repeat and its release at once end with everything given back', async () => {
  const products = await Promise.all(times(3, () => inventory.stocked(1_000)));
  const lines = products.map((product) => line(product, 2));
  const orders = times(100, () => ({ orderId: inventory.newOrder(), lines }));
  await inventory.atOnce(products[1]!, CROWD / 2, () =>
    Promise.all(
      orders.flatMap((request) => [
        inventory.stock.reserve(request),
        inventory.stock.reserve(request),
        inventory.stock.release(request),
        inventory.stock.release(request),
      ]),
    ),
  );
  for (const { orderId } of orders) {
    expect(await inventory.statusesOf(orderId)).toEqual(['RELEASED', 'RELEASED', 'RELEASED']);
  }
  for (const product of products) expect(await inventory.levelOf(product)).toBe('1000/0');
});

test('commit and release at once: sold or given back, and what was sold came back', async () => {
  const product = await inventory.stocked(1_000);
  const orders = times(50, () => ({ orderId: inventory.newOrder(), lines: [line(product, 1)] }));
  await Promise.all(orders.map((request) => inventory.stock.reserve(request)));
  const settle = () =>
    orders.map(async (request) => {
      const [committed, released] = await Promise.allSettled([
        inventory.stock.commit(request),
        inventory.stock.release(request),
      ]);
      expect(released).toEqual({
        status: 'fulfilled',
        value: committed.status === 'fulfilled' ? 'returned' : 'released',
      });
    });
  await inventory.atOnce(product, CROWD, () => Promise.all(settle()));
  expect(await inventory.levelOf(product)).toBe('1000/0');
});

test('of many restocks at once no more comes back than was delivered, and each counts once', async () => {
  const product = await inventory.stocked(10);
  const request = { orderId: inventory.newOrder(), lines: [line(product, 7)] };
  await inventory.stock.reserve(request);
  await inventory.stock.commit(request);
  const operations = times(5, (index) => ({
    ...request,
    operationId: `${request.orderId}/${String(index)}`,
    lines: [line(product, 2)],
  }));
  const twice = [...operations, ...operations];
  const done = await inventory.atOnce(product, twice.length, () =>
    Promise.all(twice.map((one) => inventory.stock.restock(one))),
  );
  expect(done.slice(5)).toEqual(done.slice(0, 5));
  expect(done.filter(Boolean)).toHaveLength(6);
  expect(await inventory.levelOf(product)).toBe('9/0');
});

test.each([
  ['reserve', 1, 6, { quantity: 3, reserved: 3 }],
  ['release', 0, 5, { quantity: 8, reserved: 2 }],
] as const)(
  '%s reckons from the level it waited for, not from the one it first saw',
  async (verb, seen, then, after) => {
    const product = await inventory.stocked(10);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 3)] };
    if (verb === 'release') await inventory.stock.reserve(request);
    const where = { productId: product };
    // With what is seen first, a level below zero would come out: of the quantity, or of what is reserved.
    const level = verb === 'reserve' ? { quantity: seen, reserved: 0 } : { quantity: 5, reserved: seen };
    await inventory.prisma.stockLevel.update({ where, data: level });

    let step: Promise<unknown> | undefined;
    await inventory.prisma.$transaction(async (other) => {
      await other.stockLevel.update({ where, data: verb === 'reserve' ? { quantity: then } : { reserved: then } });
      step = inventory.stock[verb](request);
      await waitFor('the step to wait for the row', () => waitingForLocks(inventory.prisma));
    });
    await step;
    expect(await inventory.prisma.stockLevel.findUniqueOrThrow({ where })).toMatchObject(after);
  },
);

test('no sequence of steps, one after another or at once, loses or makes a unit', async () => {
  const step = fc.record({
    order: fc.nat({ max: 3 }),
    verb: fc.constantFrom('reserve', 'release', 'commit', 'restock'),
    atOnce: fc.boolean(),
    // Of a restock, which takes a unit of each line.
    operation: fc.nat({ max: 3 }),
  });
  const orderLines = fc.uniqueArray(
    fc.record({ product: fc.nat({ max: 2 }), quantity: fc.integer({ min: 1, max: 6 }) }),
    {
      selector: ({ product }) => product,
      minLength: 1,
      maxLength: 3,
    },
  );
  const lineSets = fc.array(orderLines, { minLength: 4, maxLength: 4 });

  await fc.assert(
    fc.asyncProperty(lineSets, fc.array(step, { maxLength: 20 }), async (sets, steps) => {
      const products = await Promise.all([10, 5, 0].map((quantity) => inventory.stocked(quantity)));
      const requests = sets.map((set): StockRequest => ({
        orderId: inventory.newOrder(),
        lines: set.map(({ product, quantity }) => line(products[product]!, quantity)),
      }));
      const running: Promise<unknown>[] = [];
      for (const { order, verb, atOnce, operation } of steps) {
        if (!atOnce) await Promise.all(running.splice(0));
        running.push(perform(verb, requests[order]!, operation));
      }
      await Promise.all(running);
      for (const [index, product] of products.entries())
        await expectNoUnitLost(inventory.prisma, product, [10, 5, 0][index]!);
    }),
    { numRuns: 60 },
  );
});

/** A commit of what isn't held fails, as it should; anything else that fails is a fault. */
async function perform(
  verb: 'reserve' | 'release' | 'commit' | 'restock',
  request: StockRequest,
  operation: number,
): Promise<void> {
  try {
    if (verb === 'restock') {
      const lines = request.lines.map(({ productId }) => line(productId, 1));
      await inventory.stock.restock({ ...request, operationId: `${request.orderId}/${String(operation)}`, lines });
    } else await inventory.stock[verb](request);
  } catch (error) {
    if (verb !== 'commit' || !(error as Error).message.includes('not HELD')) throw error;
  }
}
