import { afterAll, beforeAll, expect, test } from 'vitest';
import { productSchema } from '../../contracts/http/products.js';
import { seedProducts } from './seed-products.js';
import { openProducts, teaPot } from './testing/open-products.js';
import type { OpenProducts } from './testing/open-products.js';

let open: OpenProducts;
beforeAll(async () => {
  open = await openProducts();
  await seedProducts(open.prisma);
});
afterAll(() => open.close());

test('a dozen products in several categories, the first as promised', async () => {
  const listed = await open.products.list({}, { limit: 100 });
  expect(listed.map(({ product }) => product.id).sort((a, b) => a - b)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ]);
  for (const { product } of listed) expect(productSchema.parse(product)).toEqual(product);
  expect((await open.products.categories()).length).toBeGreaterThanOrEqual(4);
  expect(await open.products.find(1)).toMatchObject({
    name: 'MacBook Pro 16',
    price: 3_500_000,
    currency: 'KRW',
    category: 'Laptops',
  });
});

test('a second time changes nothing, and new products get ids of their own', async () => {
  await open.products.update(1, { price: 1 });
  await seedProducts(open.prisma);
  expect(await open.products.find(1)).toMatchObject({ price: 1 });
  const first = await open.products.create(teaPot);
  await seedProducts(open.prisma);
  const second = await open.products.create(teaPot);
  expect([first.id, second.id]).toEqual([13, 14]);
});
