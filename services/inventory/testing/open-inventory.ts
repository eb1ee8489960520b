import { randomInt } from 'node:crypto';
import { Client } from 'pg';
import { createPool, prismaAdapter, transactionOptions } from '../../../platform/database/pool.js';
import { createLogger } from '../../../platform/logger.js';
import { createTestDatabase } from '../../../tests/support/database.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { PrismaClient } from '../prisma/generated/client.js';
import { createStockStore, type StockStore } from '../stock-store.js';

const COUNT_WAITING = `
  SELECT count(*)::integer AS count FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;

export interface OpenInventory {
  databaseUrl: string;
  prisma: PrismaClient;
  stock: StockStore;
  /** A product that no other test has, with so much stock. */
  stocked(quantity: number): Promise<number>;
  /** An order that no other test has. */
  newOrder(): string;
  /** `quantity/reserved` of a product. */
  levelOf(productId: number): Promise<string>;
  /**
   * Runs `work` while another transaction holds the product's row, and lets that go when `waiting` steps wait for it:
   * then they really are at once, however fast each of them is. `meanwhile` is done while they wait.
   */
  atOnce<T>(productId: number, waiting: number, work: () => Promise<T>, meanwhile?: () => void): Promise<T>;
  /** The statuses of an order's lines, by product. */
  statusesOf(orderId: string): Promise<string[]>;
  close(): Promise<void>;
}

/** The inventory on a database that is there, as a process of its own would open it. */
export function connectStock(url: string, connections: number): { prisma: PrismaClient; stock: StockStore } {
  const logger = createLogger({ service: 'inventory-service', level: 'fatal' });
  const pool = createPool({ url, size: connections, service: 'test', logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  return { prisma, stock: createStockStore(prisma) };
}

/** The inventory on a throwaway database, with a connection for each of `connections` steps at once. */
export async function openInventory(connections = 20): Promise<OpenInventory> {
  const database = await createTestDatabase('services/inventory/prisma/migrations');
  const { prisma, stock } = connectStock(database.url, connections);
  // Locks of products lie in a Redis that other tests use too.
  let products = randomInt(1_000_000, 2_000_000_000);
  let orders = 0;
  return {
    databaseUrl: database.url,
    prisma,
    stock,
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
    atOnce: async (productId, waiting, work, meanwhile) => {
      const holder = new Client({ connectionString: database.url });
      await holder.connect();
      try {
        await holder.query('BEGIN');
        await holder.query('SELECT FROM stock_levels WHERE product_id = $1 FOR UPDATE', [productId]);
        const result = work();
        await waitFor(`${String(waiting)} steps to wait for product ${String(productId)}`, async () => {
          // Inside a transaction the server would show the same picture again and again.
          await holder.query('SELECT pg_stat_clear_snapshot()');
          const { rows } = await holder.query<{ count: number }>(COUNT_WAITING);
          return (rows[0]?.count ?? 0) >= waiting;
        });
        meanwhile?.();
        await holder.query('COMMIT');
        return await result;
      } finally {
        await holder.end();
      }
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
