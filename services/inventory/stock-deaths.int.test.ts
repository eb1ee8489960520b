import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import { interleave, mortal } from '../../tests/support/interleave.js';
import type { Actor, Stage } from '../../tests/support/interleave.js';
import type { PrismaClient } from './prisma/generated/client.js';
import { createStockStore, type StockStore } from './stock-store.js';
import { expectNoUnitLost } from './testing/no-unit-lost.js';
import { openInventory } from './testing/open-inventory.js';
import type { OpenInventory } from './testing/open-inventory.js';

let inventory: OpenInventory;
beforeAll(async () => void (inventory = await openInventory()));
afterAll(() => inventory.close());

/** The store of a process that dies before or after one of its statements. */
function mortalStock(stage: Stage, diesAt: number | undefined): StockStore {
  const { reach } = mortal(stage, diesAt);
  const prisma = inventory.prisma.$extends({
    query: {
      $allOperations: async ({ args, query }) => {
        await reach();
        const rows: unknown = await query(args);
        await reach();
        return rows;
      },
    },
  });
  return createStockStore(prisma as unknown as PrismaClient);
}

const attempts = fc.record({
  verb: fc.constantFrom(...(['reserve', 'reserve', 'release', 'commit', 'commit', 'restock', 'restock'] as const)),
  order: fc.nat({ max: 1 }),
  diesAt: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
});

it('attempts to reserve, commit, restock and release, dying anywhere, lose no unit, and what was released is never held', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(attempts, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat({ max: 7 }), { maxLength: 80 }),
      async (made, turns) => {
        const [one, two] = [await inventory.stocked(3), await inventory.stocked(2)];
        const requests = [0, 1].map(() => ({
          orderId: inventory.newOrder(),
          lines: [
            { productId: one, quantity: 2 },
            { productId: two, quantity: 1 },
          ],
        }));
        const begun = new Set<string>();
        const actors = made.map(({ verb, order, diesAt }): Actor => (stage) => {
          const request = requests[order]!;
          if (verb === 'release') begun.add(request.orderId);
          const stock = mortalStock(stage, diesAt);
          return verb === 'restock' ? stock.restock(restockOf(request)) : stock[verb](request);
        });
        await interleave(actors, turns);

        for (const request of requests) {
          // So is a restock, and it answers the same again.
          const restocked = await inventory.stock.restock(restockOf(request));
          expect(await inventory.stock.restock(restockOf(request))).toBe(restocked);
          // A release that has begun is gone on with until it is done.
          if (begun.has(request.orderId)) await inventory.stock.release(request);
          const statuses = new Set(await inventory.statusesOf(request.orderId));
          expect(statuses.size).toBeLessThanOrEqual(1);
          if (begun.has(request.orderId)) expect(['RELEASED', 'RETURNED', 'REFUSED']).toContain([...statuses][0]);
          // However late a reservation arrives, it holds nothing any more.
          const [before, after] = [await levels(one, two), await inventory.stock.reserve(request)];
          if (begun.has(request.orderId)) {
            expect(after.outcome).not.toBe('reserved');
            expect(await levels(one, two)).toEqual(before);
          }
        }
        for (const [product, atFirst] of [
          [one, 3],
          [two, 2],
        ] as const)
          await expectNoUnitLost(inventory.prisma, product, atFirst);
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
});

/** One for each order, of a part of what it had. */
const restockOf = ({ orderId, lines: [first] }: StockRequest) => ({
  ...{ operationId: `${orderId}/refund`, orderId, lines: first ? [{ ...first, quantity: 1 }] : [] },
});

const levels = async (...products: number[]) => Promise.all(products.map((product) => inventory.levelOf(product)));
