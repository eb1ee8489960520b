import { ApplicationFailure } from '@temporalio/activity';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InventoryActivities } from '../../contracts/activities/inventory-activities.js';
import { REFUSALS } from '../../contracts/refusals.js';
import { LockNotAcquired } from '../../platform/lock/lock-key.js';
import { createLocks } from '../../platform/lock/redis-lock.js';
import { createLogger } from '../../platform/logger.js';
import { createRedis } from '../../platform/redis.js';
import { openInventory } from '../../services/inventory/testing/open-inventory.js';
import type { OpenInventory } from '../../services/inventory/testing/open-inventory.js';
import { server } from '../../tests/support/servers.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createInventoryActivities } from './inventory-activities.js';
import { createStockLock, lockKeyOf } from './stock-lock.js';

interface LogLine extends Record<string, unknown> {
  level: string;
  message: string;
}

const log: LogLine[] = [];
const logger = createLogger(
  { service: 'inventory-service', level: 'info' },
  { write: (text) => void log.push(JSON.parse(text) as LogLine) },
);
const logged = (message: string, orderId?: string) =>
  log.filter((entry) => entry.message === message && (orderId === undefined || entry['orderId'] === orderId));

let inventory: OpenInventory;
let redis: Redis;
let outside: Redis;
let activities: InventoryActivities;

beforeAll(async () => {
  inventory = await openInventory(30);
  outside = new Redis(server('REDIS_URL'));
  redis = createRedis({ url: server('REDIS_URL'), logger });
  await waitFor('Redis', () => redis.status === 'ready');
  activities = activitiesWith(redis);
});
afterAll(async () => {
  redis.disconnect();
  outside.disconnect();
  await inventory.close();
});

function activitiesWith(connection: Redis): InventoryActivities {
  const registry = new Registry();
  const withStockLock = createStockLock({ locks: createLocks(connection), logger, registry });
  return createInventoryActivities({ stock: inventory.stock, withStockLock, logger, registry });
}

const line = (productId: number, quantity: number) => ({ productId, quantity });
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** What the attempt fails with. */
async function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => expect.unreachable('it succeeded'),
    (error: unknown) => error,
  );
}

describe('the steps', () => {
  test('reserve, commit and release, each with its log line', async () => {
    const [product, other] = [await inventory.stocked(5), await inventory.stocked(5)];
    const sold = { orderId: inventory.newOrder(), lines: [line(product, 2), line(other, 1)] };
    await activities.reserveStock(sold);
    await activities.commitStock(sold);
    expect([await inventory.levelOf(product), await inventory.levelOf(other)]).toEqual(['3/0', '4/0']);
    await activities.releaseStock(sold);
    const undone = { orderId: inventory.newOrder(), lines: [line(product, 2)] };
    await activities.reserveStock(undone);
    await activities.releaseStock(undone);
    expect([await inventory.levelOf(product), await inventory.levelOf(other)]).toEqual(['5/0', '5/0']);
    expect(logged('stock reserved', sold.orderId)).toHaveLength(1);
    expect(logged('stock committed', sold.orderId)).toHaveLength(1);
    expect(logged('stock returned', sold.orderId)).toHaveLength(1);
    expect(logged('stock released', undone.orderId)).toHaveLength(1);
    expect(await outside.exists(lockKeyOf(product), lockKeyOf(other))).toBe(0);
  });

  test('too little stock is a refusal: final, with what was asked for and what there was', async () => {
    const product = await inventory.stocked(5);
    const orderId = inventory.newOrder();
    const failure = await failureOf(activities.reserveStock({ orderId, lines: [line(product, 999)] }));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: REFUSALS.insufficientStock,
      nonRetryable: true,
      details: [{ productId: product, requested: 999, available: 5 }],
    });
    expect(logged('insufficient stock', orderId)).toMatchObject([{ productId: product, requested: 999, available: 5 }]);
    expect(await inventory.levelOf(product)).toBe('5/0');
  });

  test('a reservation after its release is refused as compensated', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 1)] };
    await activities.releaseStock(request);
    const failure = await failureOf(activities.reserveStock(request));
    expect(failure).toMatchObject({ type: REFUSALS.compensated, nonRetryable: true });
    expect(await inventory.levelOf(product)).toBe('5/0');
  });

  test('a commit of what is not held is a failure, not a refusal: an operator has to look', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 1)] };
    const failure = await failureOf(activities.commitStock(request));
    expect(failure).not.toBeInstanceOf(ApplicationFailure);
    expect((failure as Error).message).toContain('not reserved');
  });
});

describe('the lock', () => {
  test('held by another: each step waits its 5 s and fails to be tried again, and goes once it is free', async () => {
    const product = await inventory.stocked(5);
    const request = { orderId: inventory.newOrder(), lines: [line(product, 1)] };
    await outside.set(lockKeyOf(product), 'somebody else', 'PX', 60_000);

    const started = Date.now();
    const failures = await Promise.all([
      failureOf(activities.reserveStock(request)),
      failureOf(activities.releaseStock(request)),
      failureOf(activities.commitStock(request)),
    ]);
    expect(Date.now() - started).toBeGreaterThanOrEqual(5_000);
    for (const failure of failures) expect(failure).toBeInstanceOf(LockNotAcquired);
    expect(await inventory.statusesOf(request.orderId)).toEqual([]);

    const waiting = activities.reserveStock(request);
    await outside.del(lockKeyOf(product));
    await waiting;
    expect(await inventory.levelOf(product)).toBe('4/1');
    expect(await outside.exists(lockKeyOf(product))).toBe(0);
  });

  test('a hundred buyers of the last unit: one has it, no lock is left', async () => {
    const product = await inventory.stocked(1);
    const buyers = times(100, () => ({ orderId: inventory.newOrder(), lines: [line(product, 1)] }));
    // Who waits too long for the lock asks again, as the Saga does: a hundred may take longer on a busy machine.
    const decided = async (buyer: (typeof buyers)[number]): Promise<unknown> => {
      try {
        return await activities.reserveStock(buyer);
      } catch (error) {
        if (error instanceof LockNotAcquired) return decided(buyer);
        throw error;
      }
    };
    const settled = await Promise.allSettled(buyers.map(decided));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = settled.filter((attempt) => attempt.status === 'rejected');
    expect(refused.map((attempt) => (attempt.reason as ApplicationFailure).type)).toEqual(
      times(99, () => REFUSALS.insufficientStock),
    );
    expect(await inventory.levelOf(product)).toBe('0/1');
    expect(await outside.exists(lockKeyOf(product))).toBe(0);
  });

  test('opposite lines of several orders lock in one direction', async () => {
    const [low, high] = [await inventory.stocked(100), await inventory.stocked(100)];
    const lines = [line(low, 1), line(high, 1)];
    const orders = times(30, (index) => ({
      orderId: inventory.newOrder(),
      lines: index % 2 === 0 ? lines : [...lines].reverse(),
    }));
    await Promise.all(orders.map((order) => activities.reserveStock(order)));
    expect([await inventory.levelOf(low), await inventory.levelOf(high)]).toEqual(['70/30', '70/30']);
    expect(await outside.exists(lockKeyOf(low), lockKeyOf(high))).toBe(0);
  });

  test('a lease that runs out in the middle breaks nothing', async () => {
    const product = await inventory.stocked(10);
    const buyers = times(60, () => ({ orderId: inventory.newOrder(), lines: [line(product, 1)] }));
    const thief = { running: true };
    const stealing = (async () => {
      while (thief.running) await outside.del(lockKeyOf(product));
    })();
    const settled = await Promise.allSettled(buyers.map((buyer) => activities.reserveStock(buyer)));
    thief.running = false;
    await stealing;
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await inventory.levelOf(product)).toBe('0/10');
  });

  test('with Redis down the database alone holds, and the outage is told once', async () => {
    const nowhere = createRedis({ url: 'redis://127.0.0.1:1', logger });
    try {
      const alone = activitiesWith(nowhere);
      const product = await inventory.stocked(10);
      const buyers = times(60, () => ({ orderId: inventory.newOrder(), lines: [line(product, 1)] }));
      const settled = await Promise.allSettled(buyers.map((buyer) => alone.reserveStock(buyer)));
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
      expect(await inventory.levelOf(product)).toBe('0/10');
      expect(logged('going on without the stock lock')).toMatchObject([{ level: 'warn' }]);
    } finally {
      nowhere.disconnect();
    }
  });
});
