import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import { REFUSALS } from '../../contracts/refusals.js';
import { createLocks, type LockTimes } from '../../platform/lock/redis-lock.js';
import { createLogger } from '../../platform/logger.js';
import { createRedis } from '../../platform/redis.js';
import { openInventory } from '../../services/inventory/testing/open-inventory.js';
import type { OpenInventory } from '../../services/inventory/testing/open-inventory.js';
import { server } from '../../tests/support/servers.js';
import { waitingForLocks } from '../../tests/support/database.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createInventoryActivities } from './inventory-activities.js';
import { LOCK_TIMES, createStockLock, lockKeyOf } from './stock-lock.js';
import type { StockLock } from './stock-lock.js';
import { startStallingBuyer } from './testing/stalling-buyer.js';
import type { StallingBuyer } from './testing/stalling-buyer.js';

let inventory: OpenInventory;
let redis: Redis;
let outside: Redis;
const logger = createLogger({ service: 'inventory-service', level: 'silent' });

beforeAll(async () => {
  inventory = await openInventory(20);
  redis = createRedis({ url: server('REDIS_URL'), logger });
  outside = new Redis(server('REDIS_URL'));
  await waitFor('Redis', () => redis.status === 'ready');
});
afterAll(async () => {
  redis.disconnect();
  outside.disconnect();
  await inventory.close();
});

const activitiesWith = (withStockLock: StockLock) =>
  createInventoryActivities({ stock: inventory.stock, withStockLock, logger, registry: new Registry() });
const stockLock = (times: LockTimes = LOCK_TIMES) =>
  createStockLock({ locks: createLocks(redis), logger, registry: new Registry(), times });
const orderOf = (productId: number) => ({ orderId: inventory.newOrder(), lines: [{ productId, quantity: 1 }] });

/** A process that has the lock of the product, and has not asked the database yet. */
async function withHolder(productId: number, work: (holder: StallingBuyer) => Promise<void>): Promise<void> {
  const holder = startStallingBuyer({
    databaseUrl: inventory.databaseUrl,
    redisUrl: server('REDIS_URL'),
    orderId: inventory.newOrder(),
    productId,
  });
  try {
    expect(await holder.heard()).toBe('locked');
    await work(holder);
  } finally {
    await holder.end();
  }
}

test('a holder that stands still past its lease is overtaken, and then gets no unit that is not there', async () => {
  const product = await inventory.stocked(1);
  const key = lockKeyOf(product);
  await withHolder(product, async (holder) => {
    holder.stop();
    expect(await outside.pttl(key)).toBeLessThanOrEqual(3_000);
    await activitiesWith(stockLock()).reserveStock(orderOf(product));
    expect(await inventory.levelOf(product)).toBe('0/1');

    await outside.set(key, 'somebody else', 'PX', 60_000);
    holder.continue();
    holder.goOn();
    expect(await holder.heard()).toBe(REFUSALS.insufficientStock);
    expect(await inventory.levelOf(product)).toBe('0/1');
    // It did not take away what is another's by now.
    expect(await outside.getdel(key)).toBe('somebody else');
  });
});

test('a holder that stands still while the database works for it holds up nobody, and has what it asked for', async () => {
  const product = await inventory.stocked(1);
  await withHolder(product, async (holder) => {
    let overtaking: Promise<unknown> | undefined;
    await inventory.atOnce(product, 2, async () => {
      holder.goOn();
      await waitFor('its statement to wait for the row', () => waitingForLocks(inventory.prisma));
      holder.stop();
      overtaking = activitiesWith(stockLock()).reserveStock(orderOf(product));
      overtaking.catch(() => undefined);
    });
    // The statement is the whole transaction: it ends without its process, and lets go of the row.
    await expect(overtaking).rejects.toMatchObject({ type: REFUSALS.insufficientStock });
    expect(await inventory.levelOf(product)).toBe('0/1');
    holder.continue();
    expect(await holder.heard()).toBe('reserved');
    expect(await inventory.levelOf(product)).toBe('0/1');
  });
});

// A hundred of each product wait for one another: on a busy machine for minutes.
test('a thousand leases that run out in the middle lose no unit and make none', { timeout: 300_000 }, async () => {
  const products = await Promise.all(Array.from({ length: 10 }, () => inventory.stocked(40)));
  const lock = stockLock({ waitMs: 300_000, leaseMs: 3 });
  let expired = 0;
  const outlived: StockLock = (lines, work) =>
    lock(lines, async () => {
      const key = lockKeyOf(lines[0]!.productId);
      const mine = await outside.get(key);
      while (mine !== null && (await outside.get(key)) === mine) await pause(1);
      expired += 1;
      return work();
    });
  const reserve = (order: StockRequest) => outlived(order.lines, () => inventory.stock.reserve(order));
  const outcomes = await Promise.all(
    products.map(async (product) => {
      const orders = Array.from({ length: 50 }, () => orderOf(product));
      // Each a second time, as a step that is tried again.
      return Promise.all([...orders, ...orders].map(reserve));
    }),
  );
  expect(expired).toBe(1_000);
  for (const [index, product] of products.entries()) {
    expect(outcomes[index]?.filter(({ outcome }) => outcome === 'insufficient')).toHaveLength(2 * 10);
    expect(await inventory.levelOf(product)).toBe('0/40');
    expect(await inventory.prisma.reservation.count({ where: { productId: product, status: 'HELD' } })).toBe(40);
  }
  const keys = products.map(lockKeyOf);
  await waitFor('no key to be left', async () => (await outside.exists(...keys)) === 0);
});
