import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { createInventoryActivities } from '../../activities/inventory/inventory-activities.js';
import { createStockLock, type StockLock } from '../../activities/inventory/stock-lock.js';
import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import { clientOn, createPool } from '../../platform/database/pool.js';
import { LockNotAcquired } from '../../platform/lock/lock-key.js';
import { createLocks } from '../../platform/lock/redis-lock.js';
import { createLogger } from '../../platform/logger.js';
import { createRedis } from '../../platform/redis.js';
import { PrismaClient } from '../../services/inventory/prisma/generated/client.js';
import { createStockStore } from '../../services/inventory/stock-store.js';
import { createTestDatabase } from '../support/database.js';
import { server } from '../support/servers.js';
import { waitFor } from '../support/wait-for.js';
import { inTurns, type Measured, type PartSettings, type Row } from './row.js';

/** As an inventory worker has; the pool that all of them share. */
const CONNECTIONS = 30;
/** Orders of a turn: enough to take a while, and not for ever where each waits for the lock. */
const ORDERS_A_TURN = 2_048;
const ORDERS_ONE_BY_ONE = 256;
const PLENTY = 1_000_000;
const PRODUCT = 1;

type Reserve = (request: StockRequest) => Promise<unknown>;

/** What reserving takes at the least: nothing is asked again, and nobody is told why not. */
const BARE = `
  WITH taken AS (
    UPDATE stock_levels SET quantity = quantity - 1, reserved = reserved + 1 WHERE product_id = $2 AND quantity >= 1
    RETURNING product_id
  )
  INSERT INTO reservations (order_id, product_id, quantity, status) SELECT $1, product_id, 1, 'HELD' FROM taken`;

/**
 * Buyers of one product: through the code of the activity, which takes the lock and reserves those that wait together; with the lock
 * for each of them; and by a bare statement. All of them by one pool.
 */
export async function benchContention({ rounds, step }: PartSettings): Promise<Measured> {
  const database = await createTestDatabase('services/inventory/prisma/migrations');
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const pool = createPool({ url: database.url, size: CONNECTIONS, service: 'bench', logger });
  const prisma = clientOn(pool, PrismaClient);
  const redis = createRedis({ url: server('REDIS_URL'), logger });
  try {
    await waitFor('Redis', () => redis.status === 'ready');
    const stock = createStockStore(prisma);
    await stock.setQuantity(PRODUCT, PLENTY);
    const registry = new Registry();
    const withStockLock: StockLock = createStockLock({ locks: createLocks(redis), logger, registry });
    const activities = createInventoryActivities({ stock, withStockLock, logger, registry });
    const inGroups: Reserve = (request) => activities.reserveStock(request);
    const oneByOne: Reserve = (request) => withStockLock(request.lines, () => stock.reserve(request));
    const bare: Reserve = ({ orderId }) => pool.query({ name: 'bare', text: BARE, values: [orderId, PRODUCT] });
    const rows: Row[] = [];
    for (const buyers of [32, 256]) {
      const turn = (reserve: Reserve) => () =>
        sellTo(buyers, reserve === oneByOne ? ORDERS_ONE_BY_ONE : ORDERS_A_TURN, reserve);
      for (const reserve of [inGroups, oneByOne, bare]) await turn(reserve)();
      const row = (beside: string, base: Reserve, goal: Row['goal']) =>
        step(`${buyers} buyers of one product`, async () => {
          const measured = await inTurns(rounds, turn(inGroups), turn(base));
          rows.push({
            what: `one product, ${buyers} buyers at once, reserved`,
            unit: 'a second',
            beside,
            goal,
            ...measured,
          });
        });
      await row('each with the lock for itself', oneByOne, { atLeast: 5 });
      await row('a bare statement each, no lock', bare, { atLeast: 2 });
    }
    const { reserved = 0 } = (await stock.find(PRODUCT)) ?? {};
    const written = await prisma.reservation.count({ where: { status: 'HELD' } });
    if (reserved !== written) throw new Error(`${reserved} units are reserved by ${written} orders`);
    return { rows };
  } finally {
    redis.disconnect();
    await prisma.$disconnect();
    await database.drop();
  }
}

/** How many orders a second, where each buyer places one after another. */
async function sellTo(buyers: number, orders: number, reserve: Reserve): Promise<number> {
  const each = Math.ceil(orders / buyers);
  const beganAt = performance.now();
  await Promise.all(
    Array.from({ length: buyers }, async () => {
      for (let count = 0; count < each; count += 1)
        await untilDecided(reserve, { orderId: randomUUID(), lines: [{ productId: PRODUCT, quantity: 1 }] });
    }),
  );
  return (buyers * each * 1000) / (performance.now() - beganAt);
}

/** Who waits too long for the lock asks again, as the Saga does. */
async function untilDecided(reserve: Reserve, request: StockRequest): Promise<unknown> {
  try {
    return await reserve(request);
  } catch (error) {
    if (error instanceof LockNotAcquired) return untilDecided(reserve, request);
    throw error;
  }
}
