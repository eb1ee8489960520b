import { createPool, prismaAdapter, transactionOptions } from '../../../platform/database/pool.js';
import { createLogger } from '../../../platform/logger.js';
import { createTestDatabase } from '../../../tests/support/database.js';
import { PrismaClient } from '../prisma/generated/client.js';
import { createProductStore, type NewProduct, type ProductStore } from '../product-store.js';

export interface OpenProducts {
  prisma: PrismaClient;
  products: ProductStore;
  close(): Promise<void>;
}

export const teaPot: NewProduct = {
  name: 'Tea pot',
  description: 'Holds a litre',
  category: 'Kitchen',
  price: 25_000,
  currency: 'KRW',
  active: true,
};

/** The catalog on a throwaway database. */
export async function openProducts(): Promise<OpenProducts> {
  const database = await createTestDatabase('services/product/prisma/migrations');
  const logger = createLogger({ service: 'product-service', level: 'fatal' });
  const pool = createPool({ url: database.url, size: 5, service: 'test', logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  return {
    prisma,
    products: createProductStore(prisma),
    close: async () => {
      await prisma.$disconnect();
      await database.drop();
    },
  };
}
