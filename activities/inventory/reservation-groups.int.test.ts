import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ApplicationFailure } from '@temporalio/activity';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InventoryActivities } from '../../contracts/activities/inventory-activities.js';
import { REFUSALS } from '../../contracts/refusals.js';
import { LockNotAcquired } from '../../platform/lock/lock-key.js';
import { createLocks, type LockTimes } from '../../platform/lock/redis-lock.js';
import { createLogger } from '../../platform/logger.js';
import { createRedis } from '../../platform/redis.js';
import { connectStock, openInventory, type OpenInventory } from '../../services/inventory/testing/open-inventory.js';
import { crashPointsIn } from '../../tests/support/crash-points.js';
import { server } from '../../tests/support/servers.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createInventoryActivities } from './inventory-activities.js';
import { MOST_IN_A_GROUP } from './reservation-groups.js';
import { createStockLock, lockKeyOf } from './stock-lock.js';

const logger = createLogger({ service: 'inventory-service', level: 'silent' });

interface Instance extends InventoryActivities {
  /** How often it has taken a lock. */
  locksTaken(): Promise<number>;
}

let inventory: OpenInventory;
let outside: Redis;
let one: Instance;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  inventory = await openInventory();
  outside = new Redis(server('REDIS_URL'));
  one = await openInstance();
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  outside.disconnect();
  await inventory.close();
});

/** As an inventory worker of its own: its own connections to Redis and to the database. */
async function openInstance({ redisUrl = server('REDIS_URL'), times }: { redisUrl?: string; times?: LockTimes } = {}) {
  const redis = createRedis({ url: redisUrl, logger });
  ends.push(() => redis.disconnect());
  if (redisUrl === server('REDIS_URL')) await waitFor('Redis', () => redis.status === 'ready');
  const { prisma, stock } = connectStock(inventory.databaseUrl, 10);
  ends.push(() => prisma.$disconnect());
  const registry = new Registry();
  const withStockLock = createStockLock({ locks: createLocks(redis), logger, registry, ...(times && { times }) });
  const locksTaken = async () => {
    const metric = await registry.getSingleMetric('stock_lock_total')?.get();
    return metric?.values.find(({ labels }) => labels['outcome'] === 'held')?.value ?? 0;
  };
  return { ...createInventoryActivities({ stock, withStockLock, logger, registry }), locksTaken };
}

const orderOf = (productId: number, quantity = 1) => ({
  ...{ orderId: inventory.newOrder(), lines: [{ productId, quantity }] },
});
const ordersOf = (count: number, productId: number) => Array.from({ length: count }, () => orderOf(productId));

/** What each attempt was told: `reserved`, or the type of its refusal. Anything else that it fails with is thrown. */
const told = (attempt: Promise<void>): Promise<string> =>
  attempt.then(
    () => 'reserved',
    (error: unknown) => {
      const { type } = error as ApplicationFailure;
      if (type === undefined || type === null) throw error;
      return type;
    },
  );

/** They all wait: somebody else has the lock until they have come. */
async function whileLocked<T>(productId: number, come: () => Promise<T>[]): Promise<T[]> {
  await outside.set(lockKeyOf(productId), 'somebody else', 'PX', 60_000);
  const attempts = come();
  await outside.del(lockKeyOf(productId));
  return Promise.all(attempts);
}

test('orders that wait for one product are reserved under one lock, and written by one statement', async () => {
  const product = await inventory.stocked(20);
  const before = await one.locksTaken();
  const { version } = await inventory.prisma.stockLevel.findUniqueOrThrow({ where: { productId: product } });
  const orders = ordersOf(30, product);
  const answers = await whileLocked(product, () => orders.map((order) => told(one.reserveStock(order))));
  // In order of arrival.
  expect(answers).toEqual([...Array(20).fill('reserved'), ...Array(10).fill(REFUSALS.insufficientStock)]);
  expect(await one.locksTaken()).toBe(before + 1);
  expect(await inventory.prisma.stockLevel.findUniqueOrThrow({ where: { productId: product } })).toMatchObject({
    ...{ quantity: 0, reserved: 20, version: version + 1n },
  });
  expect(await outside.exists(lockKeyOf(product))).toBe(0);
});

test('a group has its bound, and who comes while one is written is in the next', async () => {
  const product = await inventory.stocked(1_000);
  const before = await one.locksTaken();
  const crowd = ordersOf(2 * MOST_IN_A_GROUP + 1, product);
  await whileLocked(product, () => crowd.map((order) => one.reserveStock(order)));
  expect(await one.locksTaken()).toBe(before + 3);

  const [first, ...late] = ordersOf(10, product);
  let meanwhile: Promise<void>[] = [];
  await inventory.atOnce(
    product,
    1,
    () => one.reserveStock(first!),
    () => (meanwhile = late.map((order) => one.reserveStock(order))),
  );
  await Promise.all(meanwhile);
  expect(await one.locksTaken()).toBe(before + 5);
  expect(await inventory.levelOf(product)).toBe(`${String(1_000 - crowd.length - 10)}/${String(crowd.length + 10)}`);
});

test.each(['with the lock', 'without Redis'])(
  'two hundred buyers of seventy units, of two workers %s: seventy have one, and asked again all are told the same',
  async (how) => {
    const at = how === 'without Redis' ? { redisUrl: 'redis://127.0.0.1:1' } : {};
    const workers = [await openInstance(at), await openInstance(at)];
    const product = await inventory.stocked(70);
    const orders = ordersOf(200, product);
    const askAll = (shift: number) =>
      Promise.all(orders.map((order, index) => told(workers[(index + shift) % 2]!.reserveStock(order))));
    // Each at both workers at once, as when an attempt that timed out is still under way.
    const [first, second] = await Promise.all([askAll(0), askAll(1)]);
    expect(second).toEqual(first);
    expect(first.filter((answer) => answer === 'reserved')).toHaveLength(70);
    expect(await inventory.levelOf(product)).toBe('0/70');
    await inventory.stock.setQuantity(product, 1_000);
    expect(await askAll(0)).toEqual(first);
    expect(await inventory.levelOf(product)).toBe('1000/70');
  },
);

test('orders that are called off while they wait or right after hold nothing in the end, and what they had is there for others', async () => {
  const workers = [one, await openInstance()];
  const product = await inventory.stocked(30);
  const orders = ordersOf(60, product);
  const isCalledOff = (index: number) => index % 3 === 0;
  const answers = await Promise.all(
    orders.map(async (order, index) => {
      const answer = told(workers[index % 2]!.reserveStock(order));
      if (isCalledOff(index)) await workers[(index + 1) % 2]!.releaseStock(order);
      return answer;
    }),
  );
  for (const [index, { orderId }] of orders.entries()) {
    const [status] = await inventory.statusesOf(orderId);
    if (isCalledOff(index)) expect(['RELEASED', 'REFUSED']).toContain(status);
    else expect(status).toBe(answers[index] === 'reserved' ? 'HELD' : 'REFUSED');
  }
  const kept = answers.filter((answer, index) => answer === 'reserved' && !isCalledOff(index)).length;
  expect(await inventory.levelOf(product)).toBe(`${String(30 - kept)}/${String(kept)}`);
});

test('an order that was released while its attempt still waits in a group is not reserved by it', async () => {
  const product = await inventory.stocked(1);
  const [abandoned, other] = [orderOf(product), orderOf(product)];
  await outside.set(lockKeyOf(product), 'somebody else', 'PX', 60_000);
  const attempts = [abandoned, other].map((order) => told(one.reserveStock(order)));
  // Another worker's, which goes on without Redis.
  await inventory.stock.release(abandoned);
  await outside.del(lockKeyOf(product));
  expect(await Promise.all(attempts)).toEqual([REFUSALS.compensated, 'reserved']);
  expect(await inventory.levelOf(product)).toBe('0/1');
});

test('an order that comes twice in one group is one', async () => {
  const product = await inventory.stocked(2);
  const [twice, other] = [orderOf(product), orderOf(product)];
  const come = () => [twice, twice, other].map((order) => told(one.reserveStock(order)));
  expect(await whileLocked(product, come)).toEqual(['reserved', 'reserved', 'reserved']);
  expect(await inventory.levelOf(product)).toBe('0/2');
});

test('an order that can not be written fails alone', async () => {
  const product = await inventory.stocked(2);
  const [good, wrong, last] = [orderOf(product), orderOf(product, -1), orderOf(product)];
  const come = () => [good, wrong, last].map((order) => one.reserveStock(order));
  const settled = await whileLocked(product, () =>
    come().map((attempt) => attempt.then(() => 'ok').catch(() => 'failed')),
  );
  expect(settled).toEqual(['ok', 'failed', 'ok']);
  expect(await inventory.levelOf(product)).toBe('0/2');
});

test('a group whose connection breaks has failed for all of it, and each goes when it is tried again', async () => {
  const product = await inventory.stocked(3);
  const orders = ordersOf(5, product);
  const failures = await inventory.prisma.$transaction(async (holder) => {
    await holder.$queryRaw`SELECT FROM stock_levels WHERE product_id = ${product} FOR UPDATE`;
    const attempts = whileLocked(product, () =>
      orders.map((order) =>
        one
          .reserveStock(order)
          .then(() => 'ok')
          .catch(() => 'failed'),
      ),
    );
    await waitFor('the group to wait for the row, and to be cut off', async () => {
      const cut = await inventory.prisma.$queryRaw<unknown[]>`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return cut.length > 0;
    });
    return attempts;
  });
  expect(failures).not.toContain('ok');
  for (const { orderId } of orders) expect(await inventory.statusesOf(orderId)).toEqual([]);
  const again = await Promise.all(orders.map((order) => told(one.reserveStock(order))));
  expect(again.filter((answer) => answer === 'reserved')).toHaveLength(3);
  expect(await inventory.levelOf(product)).toBe('0/3');
});

test('a group that does not get the lock in its time has failed for all of it, with nothing written', async () => {
  const hasty = await openInstance({ times: { waitMs: 200, leaseMs: 3_000 } });
  const product = await inventory.stocked(5);
  await outside.set(lockKeyOf(product), 'somebody else', 'PX', 60_000);
  const orders = ordersOf(5, product);
  const settled = await Promise.allSettled(orders.map((order) => hasty.reserveStock(order)));
  for (const attempt of settled) expect(attempt).toMatchObject({ reason: expect.any(LockNotAcquired) as unknown });
  expect(await inventory.levelOf(product)).toBe('5/0');
  await outside.del(lockKeyOf(product));
  await Promise.all(orders.map((order) => hasty.reserveStock(order)));
  expect(await inventory.levelOf(product)).toBe('0/5');
});

test.each(['reserve: before', 'reserve: written'] as const)(
  'a process that dies in the middle of a group (%s) leaves none half, and another one goes on',
  async (point) => {
    const dir = await mkdtemp(path.join(tmpdir(), 'holdfast-crowd-'));
    try {
      const product = await inventory.stocked(12);
      const orders = ordersOf(20, product);
      const points = crashPointsIn(dir);
      await points.arm(point);
      const main = fileURLToPath(new URL('./testing/dying-crowd-main.ts', import.meta.url));
      const given = [inventory.databaseUrl, server('REDIS_URL'), points.env.CRASH_POINTS_DIR, String(product)];
      const args = ['--import', 'tsx', main, ...given, ...orders.map(({ orderId }) => orderId)];
      const signal = await new Promise((resolve) => {
        execFile(process.execPath, args, (error) => resolve(error?.signal));
      });
      expect(signal).toBe('SIGKILL');

      const written = point === 'reserve: written';
      expect(await inventory.levelOf(product)).toBe(written ? '0/12' : '12/0');
      expect(await inventory.prisma.reservation.count({ where: { productId: product } })).toBe(written ? 20 : 0);
      // The dead one's lock goes with its lease.
      const answers = await Promise.all(orders.map((order) => told(one.reserveStock(order))));
      expect(answers).toEqual([...Array(12).fill('reserved'), ...Array(8).fill(REFUSALS.insufficientStock)]);
      expect(await inventory.levelOf(product)).toBe('0/12');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
);
