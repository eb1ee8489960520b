import type { PrismaClient } from './prisma/generated/client.js';

/** The demo products, with fixed ids. Prices in won, which has no minor unit. */
const PRODUCTS = [
  {
    id: 1,
    category: 'Laptops',
    price: 3_500_000,
    name: 'MacBook Pro 16',
    description: '16-inch laptop, 36 GB of memory',
  },
  {
    id: 2,
    category: 'Laptops',
    price: 1_890_000,
    name: 'ThinkPad X1 Carbon',
    description: 'Light 14-inch business laptop',
  },
  { id: 3, category: 'Phones', price: 1_550_000, name: 'iPhone 16 Pro', description: '6.3-inch phone, 256 GB' },
  { id: 4, category: 'Phones', price: 1_350_000, name: 'Galaxy S25', description: '6.2-inch phone, 256 GB' },
  { id: 5, category: 'Audio', price: 429_000, name: 'WH-1000XM5', description: 'Noise-cancelling headphones' },
  {
    id: 6,
    category: 'Audio',
    price: 359_000,
    name: 'AirPods Pro',
    description: 'In-ear headphones with a charging case',
  },
  { id: 7, category: 'Monitors', price: 780_000, name: 'UltraFine 27', description: '27-inch 4K monitor' },
  { id: 8, category: 'Monitors', price: 1_290_000, name: 'Odyssey G9', description: '49-inch curved gaming monitor' },
  { id: 9, category: 'Accessories', price: 139_000, name: 'MX Master 3S', description: 'Wireless mouse' },
  {
    id: 10,
    category: 'Accessories',
    price: 199_000,
    name: 'Keychron Q1',
    description: 'Mechanical keyboard, hot-swappable',
  },
  { id: 11, category: 'Books', price: 48_000, name: 'Designing Data-Intensive Applications', description: 'Paperback' },
  {
    id: 12,
    category: 'Cameras',
    price: 2_790_000,
    name: 'X-T5',
    description: 'Mirrorless camera with an 18-55 mm lens',
  },
] as const;

/** A product that is there already is left as it is. Products added later get ids past these. */
export async function seedProducts(prisma: PrismaClient): Promise<void> {
  await prisma.product.createMany({
    data: PRODUCTS.map((product) => ({ ...product, price: BigInt(product.price), currency: 'KRW' })),
    skipDuplicates: true,
  });
  // Never back: an id that another transaction has just drawn must not be given out again.
  await prisma.$queryRaw`
    SELECT setval('products_id_seq', greatest(last_value, (SELECT max(id) FROM products))) FROM products_id_seq`;
}
