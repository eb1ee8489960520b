import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalByDatabase } from '../../platform/database/unavailable.js';
import { waitingForLocks } from '../../tests/support/database.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { expectNoUnitLost } from './testing/no-unit-lost.js';
import { openInventory } from './testing/open-inventory.js';
import type { OpenInventory } from './testing/open-inventory.js';

// No lock here: the database alone has to be right.

let inventory: OpenInventory;
beforeAll(async () => void (inventory = await openInventory()));
afterAll(() => inventory.close());

/** As many orders as there are quantities, which each asks for. */
const ordersOf = (...quantities: number[]) =>
  new Map(quantities.map((quantity) => [inventory.newOrder(), quantity] as const));
const requestOf = (orderId: string, productId: number, quantity: number) => ({
  ...{ orderId, lines: [{ productId, quantity }] },
});

test('each has what those before it left, and one that asks for more is refused alone', async () => {
  const product = await inventory.stocked(5);
  const orders = ordersOf(3, 4, 2, 1);
  const outcomes = await inventory.stock.reserveTogether(product, orders);
  const refused = { outcome: 'insufficient', productId: product };
  const first = [
    { outcome: 'reserved' },
    { ...refused, requested: 4, available: 2 },
    { outcome: 'reserved' },
    { ...refused, requested: 1, available: 0 },
  ];
  const ids = [...orders.keys()];
  expect(ids.map((id) => outcomes.get(id))).toEqual(first);
  expect(await inventory.levelOf(product)).toBe('0/5');

  // Asked for again, in other company, alone, with stock that has come since: the same.
  await inventory.stock.setQuantity(product, 9);
  const [late] = ordersOf(1).keys();
  const again = await inventory.stock.reserveTogether(product, new Map([[late!, 1], ...orders]));
  expect(ids.map((id) => again.get(id))).toEqual(first);
  expect(again.get(late!)).toEqual({ outcome: 'reserved' });
  expect(await inventory.stock.reserve(requestOf(ids[1]!, product, 4))).toEqual(first[1]);
  expect(await inventory.levelOf(product)).toBe('8/6');
});

test('of what was never stocked nobody has anything', async () => {
  const orders = ordersOf(1, 2);
  const outcomes = await inventory.stock.reserveTogether(800_003, orders);
  expect([...outcomes.values()].map(({ outcome }) => outcome)).toEqual(['insufficient', 'insufficient']);
});

test('of several at once that want more than there is, none has what another was told it has', async () => {
  const product = await inventory.stocked(70);
  const groups = Array.from({ length: 10 }, () => ordersOf(...Array<number>(20).fill(1)));
  const outcomes = await inventory.atOnce(product, groups.length, () =>
    Promise.all(groups.map((orders) => inventory.stock.reserveTogether(product, orders))),
  );
  const all = outcomes.flatMap((of) => [...of.values()]);
  expect(all.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(70);
  expect(await inventory.levelOf(product)).toBe('0/70');
  await expectNoUnitLost(inventory.prisma, product, 70);
});

test('an order that somebody else writes down meanwhile takes nothing from those behind it: the whole is refused', async () => {
  const product = await inventory.stocked(1);
  const orders = ordersOf(1, 1);
  const [released = '', behind = ''] = orders.keys();
  let attempt: Promise<unknown> | undefined;
  await inventory.prisma.$transaction(async (other) => {
    await other.$queryRaw`SELECT FROM stock_levels WHERE product_id = ${product} FOR UPDATE`;
    attempt = inventory.stock.reserveTogether(product, orders).catch((error: unknown) => error);
    await waitFor('it to wait for the row', () => waitingForLocks(inventory.prisma));
    expect(await inventory.stock.release(requestOf(released, product, 1))).toBe('marked');
  });
  expect(refusalByDatabase(await attempt)).toBeDefined();
  expect(await inventory.statusesOf(behind)).toEqual([]);
  expect(await inventory.levelOf(product)).toBe('1/0');
  const outcomes = await inventory.stock.reserveTogether(product, orders);
  expect([outcomes.get(released), outcomes.get(behind)]).toEqual([{ outcome: 'compensated' }, { outcome: 'reserved' }]);
});

const steps = fc.array(
  fc.record({
    verb: fc.constantFrom(...(['together', 'together', 'reserve', 'release', 'commit'] as const)),
    orders: fc.uniqueArray(fc.nat({ max: 5 }), { minLength: 1, maxLength: 6 }),
    atOnce: fc.boolean(),
  }),
  { maxLength: 12 },
);

test('together, alone, released and sold, at once or in turn: no unit is lost, and each order is told the same again', async () => {
  const quantities = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(quantities, steps, async (wanted, made) => {
      const product = await inventory.stocked(8);
      const orders = [...ordersOf(...wanted)];
      const told = new Map<string, Set<string>>();
      const hear = (orderId: string, answer: object) => {
        const text = JSON.stringify(answer);
        if (!text.includes('compensated')) told.set(orderId, (told.get(orderId) ?? new Set()).add(text));
      };
      const perform = async (verb: 'together' | 'reserve' | 'release' | 'commit', chosen: typeof orders) => {
        if (verb === 'together') {
          // Refused as a whole where one of them is decided at the same moment: then nobody was told anything.
          const outcomes = await inventory.stock.reserveTogether(product, new Map(chosen)).catch((error: unknown) => {
            if (refusalByDatabase(error) === undefined) throw error;
          });
          for (const [orderId, outcome] of outcomes ?? []) hear(orderId, outcome);
          return;
        }
        const [orderId, quantity] = chosen[0]!;
        const request = requestOf(orderId, product, quantity);
        if (verb === 'reserve') hear(orderId, await inventory.stock.reserve(request));
        else if (verb === 'release') await inventory.stock.release(request);
        else await inventory.stock.commit(request).catch(() => undefined);
      };
      const running: Promise<void>[] = [];
      for (const { verb, orders: chosen, atOnce } of made) {
        if (!atOnce) await Promise.all(running.splice(0));
        running.push(
          perform(
            verb,
            chosen.map((index) => orders[index]!),
          ),
        );
      }
      await Promise.all(running);
      await expectNoUnitLost(inventory.prisma, product, 8);
      for (const [orderId, answers] of told) expect([orderId, [...answers]]).toEqual([orderId, [[...answers][0]]]);
    }),
    { numRuns: 60 },
  );
});
