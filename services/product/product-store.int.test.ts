import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openProducts, teaPot } from './testing/open-products.js';
import type { OpenProducts } from './testing/open-products.js';
import type { ProductFilter } from './product-store.js';

let open: OpenProducts;
beforeAll(async () => void (open = await openProducts()));
afterAll(() => open.close());
beforeEach(() => open.prisma.product.deleteMany());

const create = (change: Partial<typeof teaPot>) => open.products.create({ ...teaPot, ...change });
const namesOf = async (filter: ProductFilter) =>
  (await open.products.list(filter, { limit: 100 })).map(({ product }) => product.name);

describe('list', () => {
  test('is newest first, and each page goes on where the last one ended', async () => {
    // Five of the same instant: their ids decide.
    const createdAt = new Date();
    await open.prisma.product.createMany({
      data: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...teaPot, price: 1n, name, createdAt })),
    });
    await open.prisma.product.create({
      data: { ...teaPot, price: 1n, name: 'older', createdAt: new Date(createdAt.getTime() - 1) },
    });
    const seen: string[] = [];
    for (let last; ;) {
      const page = await open.products.list({}, { limit: 2, after: last });
      seen.push(...page.map(({ product }) => product.name));
      const end = page.at(-1);
      if (end === undefined) break;
      last = { createdAt: end.createdAt, id: end.product.id };
    }
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a', 'older']);
  });

  test('has the active ones, unless the others are asked for', async () => {
    await create({ name: 'sold' });
    await create({ name: 'gone', active: false });
    expect(await namesOf({})).toEqual(['sold']);
    expect(await namesOf({ withInactive: true })).toEqual(['gone', 'sold']);
  });

  test('has one category where it is asked for, by its exact name', async () => {
    await create({ name: 'pot' });
    await create({ name: 'saw', category: 'Tools' });
    expect(await namesOf({ category: 'Tools' })).toEqual(['saw']);
    expect(await namesOf({ category: 'tools' })).toEqual([]);
  });

  test('finds every word in name or description, whatever its case', async () => {
    await create({ name: 'Blue tea pot', description: 'of glass' });
    await create({ name: 'Green tea pot', description: 'of iron' });
    expect(await namesOf({ text: 'TEA glass' })).toEqual(['Blue tea pot']);
    expect(await namesOf({ text: 'tea' })).toEqual(['Green tea pot', 'Blue tea pot']);
    expect(await namesOf({ text: 'tea copper' })).toEqual([]);
  });

  test('takes percent signs and the like for what they are', async () => {
    await create({ name: '100% wool' });
    await create({ name: '100 metres of yarn' });
    await create({ name: 'snake_case' });
    await create({ name: 'back\\slash' });
    expect(await namesOf({ text: '100%' })).toEqual(['100% wool']);
    expect(await namesOf({ text: 'e_c' })).toEqual(['snake_case']);
    expect(await namesOf({ text: 'k\\s' })).toEqual(['back\\slash']);
    expect(await namesOf({ text: '%' })).toEqual(['100% wool']);
  });
});

test('a product is found whether it is active or not', async () => {
  const { id } = await create({ active: false });
  expect(await open.products.find(id)).toMatchObject({ ...teaPot, id, active: false });
  expect(await open.products.find(id + 1_000)).toBeUndefined();
});

test('categories are those of active products, by name', async () => {
  await create({ category: 'Tools' });
  await create({ category: 'Kitchen' });
  await create({ category: 'Tools' });
  await create({ category: 'Tools', active: false });
  await create({ category: 'Old', active: false });
  expect(await open.products.categories()).toEqual([
    { name: 'Kitchen', products: 1 },
    { name: 'Tools', products: 2 },
  ]);
});

test('a change touches what it names and nothing else', async () => {
  const { id } = await create({});
  expect(await open.products.update(id, { price: 26_000 })).toMatchObject({ ...teaPot, id, price: 26_000 });
  expect(await open.products.update(id, { active: false, description: '' })).toMatchObject({
    ...teaPot,
    id,
    price: 26_000,
    active: false,
    description: '',
  });
  expect(await open.products.update(id, {})).toMatchObject({ price: 26_000 });
  expect(await open.products.update(id + 1_000, { price: 1 })).toBeUndefined();
});

test('the greatest price is kept to the won', async () => {
  const price = 10 ** 15 - 1;
  const { id } = await create({ price });
  expect(await open.products.find(id)).toMatchObject({ price });
});
