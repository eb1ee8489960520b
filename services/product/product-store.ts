import type { z } from 'zod';
import type {
  Categories,
  Product,
  newProductBodySchema,
  productPatchBodySchema,
} from '../../contracts/http/products.js';
import { after, newestFirst } from '../../platform/database/newest-first.js';
import { asExpected, type Expected, type Versioned } from '../../platform/database/versioned.js';
import type { Prisma, PrismaClient } from './prisma/generated/client.js';

/** The words of a search text, each once. None where there is nothing but spaces. */
export function searchWords(text: string): string[] {
  return [...new Set(text.toLowerCase().split(/\s+/).filter(Boolean))];
}

/** The same text for LIKE, where these characters stand for others. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}

export type NewProduct = z.output<typeof newProductBodySchema>;
type ProductPatch = z.output<typeof productPatchBodySchema>;

export interface ProductFilter {
  category?: string | undefined;
  /** Words that must all stand in the name or the description, whatever their case. */
  text?: string | undefined;
  /** Default: the active ones only. */
  withInactive?: boolean;
}

/** Where a product stands in "newest first". */
export interface ProductPosition {
  createdAt: Date;
  id: number;
}

interface ListedProduct {
  product: Product;
  createdAt: Date;
}

export interface ProductStore {
  /** Newest first, at most `limit`, those after `after`. */
  list(filter: ProductFilter, page: { limit: number; after?: ProductPosition | undefined }): Promise<ListedProduct[]>;
  /** Also one that is not active; undefined: there is none. */
  find(id: number): Promise<Versioned<Product> | undefined>;
  /** Those of active products, by name, each with how many. */
  categories(): Promise<Categories['items']>;
  create(product: NewProduct): Promise<Product>;
  /** undefined: there is none. `stale`: its version is none of those that are expected. */
  update(id: number, patch: ProductPatch, expected?: Expected): Promise<Versioned<Product> | 'stale' | undefined>;
}

export function createProductStore(prisma: PrismaClient): ProductStore {
  return {
    list: async (filter, { limit, after: place }) => {
      const rows = await prisma.product.findMany({
        where: { ...matching(filter), ...after(place) },
        orderBy: newestFirst,
        take: limit,
      });
      return rows.map((row) => ({ product: toProduct(row), createdAt: row.createdAt }));
    },

    find: async (id) => {
      const row = await prisma.product.findUnique({ where: { id } });
      return row === null ? undefined : toVersioned(row);
    },

    categories: async () => {
      const groups = await prisma.product.groupBy({
        by: 'category',
        where: { active: true },
        orderBy: { category: 'asc' },
        _count: true,
      });
      return groups.map((group) => ({ name: group.category, products: group._count }));
    },

    create: async (product) =>
      toProduct(await prisma.product.create({ data: { ...product, price: BigInt(product.price) } })),

    update: async (id, { price, ...patch }, expected) => {
      const data = { ...patch, ...(price === undefined ? {} : { price: BigInt(price) }), updatedAt: new Date() };
      const [row] = await prisma.product.updateManyAndReturn({ where: { id, ...asExpected(expected) }, data });
      if (row !== undefined) return toVersioned(row);
      return (await prisma.product.count({ where: { id } })) === 0 ? undefined : 'stale';
    },
  };
}

function matching({ category, text, withInactive = false }: ProductFilter): Prisma.ProductWhereInput {
  const words = searchWords(text ?? '').map((word) => ({ contains: escapeLike(word), mode: 'insensitive' as const }));
  return {
    ...(category === undefined ? {} : { category }),
    ...(withInactive ? {} : { active: true }),
    AND: words.map((word) => ({ OR: [{ name: word }, { description: word }] })),
  };
}

type ProductRow = Prisma.ProductGetPayload<object>;

function toProduct({ id, name, description, category, price, currency, active }: ProductRow): Product {
  return { id, name, description, category, price: Number(price), currency, active };
}

const toVersioned = (row: ProductRow): Versioned<Product> => ({ ...toProduct(row), version: row.version });
