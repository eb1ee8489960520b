import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedStock } from './seed-stock.js';
import { openInventory } from './testing/open-inventory.js';
import type { OpenInventory } from './testing/open-inventory.js';

let inventory: OpenInventory;
beforeAll(async () => void (inventory = await openInventory(2)));
afterAll(() => inventory.close());

test('the demo products are stocked once, and what was ordered since stays ordered', async () => {
  await seedStock(inventory.prisma);
  const before = await inventory.prisma.stockLevel.findMany({ orderBy: { productId: 'asc' } });
  expect(before.map((level) => level.productId)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(before.every((level) => level.quantity > 0)).toBe(true);
  await inventory.stock.reserve({ orderId: 'order', lines: [{ productId: 1, quantity: 2 }] });
  await seedStock(inventory.prisma);
  const { quantity } = before[0]!;
  expect(await inventory.levelOf(1)).toBe(`${String(quantity - 2)}/2`);
});
