import { createPool, prismaAdapter } from '../../platform/database/pool.js';
import type { Logger } from '../../platform/logger.js';
import { PrismaClient as InventoryPrisma } from '../../services/inventory/prisma/generated/client.js';
import { seedStock } from '../../services/inventory/seed-stock.js';
import { PrismaClient as ProductPrisma } from '../../services/product/prisma/generated/client.js';
import { seedProducts } from '../../services/product/seed-products.js';
import { PrismaClient as UserPrisma } from '../../services/user/prisma/generated/client.js';
import { seedUsers } from '../../services/user/seed-users.js';
import type { SetupConfig } from './config.js';

/** Users, products and stock to try things with. What is there already is left as it is. */
export async function seedDemoData(config: SetupConfig, logger: Logger): Promise<void> {
  const adapterOf = (url: string) => prismaAdapter(createPool({ url, size: 1, service: 'setup', logger }));
  await Promise.all([
    using(new UserPrisma({ adapter: adapterOf(config.USER_DATABASE_URL) }), seedUsers),
    using(new ProductPrisma({ adapter: adapterOf(config.PRODUCT_DATABASE_URL) }), seedProducts),
    using(new InventoryPrisma({ adapter: adapterOf(config.INVENTORY_DATABASE_URL) }), seedStock),
  ]);
}

async function using<P extends { $disconnect(): Promise<void> }>(
  prisma: P,
  seed: (prisma: P) => Promise<unknown>,
): Promise<void> {
  try {
    await seed(prisma);
  } finally {
    await prisma.$disconnect();
  }
}
