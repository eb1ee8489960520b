import { createPool, prismaAdapter, transactionOptions } from '../../../platform/database/pool.js';
import { createLogger } from '../../../platform/logger.js';
import { createTestDatabase } from '../../../tests/support/database.js';
import { PrismaClient } from '../prisma/generated/client.js';
import { createStockStore } from '../stock-store.js';
import type { StockStore } from '../stock-store.js';

export interface OpenInventory {
  prisma: PrismaClient;
  stock: StockStore;
  /** A product that no other test has, with so much stock. */
  stocked(quantity: number): Promise<number>;
  /** An order that no other test has. */
  newOrder(): string;
  /** `quantity/reserved` of a product. */
  levelOf(productId: number): Promise<string>;
  /** The statuses of an order's lines, by product. */
  statusesOf(orderId: string): Promise<string[]>;
  close(): Promise<void>;
}

/** The inventory on a throwaway database, with a connection for each of `connections` steps at once. */
export async function openInventory(connections = 20): Promise<OpenInventory> {
  const database = await createTestDatabase('services/inventory/prisma/migrations');
  const logger = createLogger({ service: 'inventory-service', level: 'fatal' });
  const pool = createPool({ url: database.url, size: connections, service: 'test', logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  let products = 0;
  let orders = 0;
  return {
    prisma,
    stock: createStockStore(prisma),
    stocked: async (quantity) => {
      const productId = ++products;
      await prisma.stockLevel.create({ data: { productId, quantity } });
      return productId;
    },
    newOrder: () => `order-${String(++orders)}`,
    levelOf: async (productId) => {
      const { quantity, reserved } = await prisma.stockLevel.findUniqueOrThrow({ where: { productId } });
      return `${String(quantity)}/${String(reserved)}`;
    },
    statusesOf: async (orderId) => {
      const rows = await prisma.reservation.findMany({ where: { orderId }, orderBy: { productId: 'asc' } });
      return rows.map((row) => row.status);
    },
    close: async () => {
      await prisma.$disconnect();
      await database.drop();
    },
  };
}
