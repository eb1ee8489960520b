import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { InventoryActivities } from '../../contracts/activities/inventory-activities.js';
import { createLocks } from '../../platform/lock/redis-lock.js';
import { createLogger } from '../../platform/logger.js';
import { createRedis } from '../../platform/redis.js';
import { openInventory } from '../../services/inventory/testing/open-inventory.js';
import type { OpenInventory } from '../../services/inventory/testing/open-inventory.js';
import { server } from '../../tests/support/servers.js';
import { openTcpProxy } from '../../tests/support/tcp-proxy.js';
import type { TcpProxy } from '../../tests/support/tcp-proxy.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createInventoryActivities } from './inventory-activities.js';
import { createStockLock, lockKeyOf } from './stock-lock.js';

// As in workers/inventory.ts.
const ANSWER_MS = 250;

/** More than a quick machine can sell while Redis is away. */
const PLENTY = 1_000_000;

let inventory: OpenInventory;
let outside: Redis;
beforeAll(async () => {
  inventory = await openInventory(30);
  outside = new Redis(server('REDIS_URL'));
});
afterAll(async () => {
  outside.disconnect();
  await inventory.close();
});

let proxy: TcpProxy;
let redis: Redis;
let registry: Registry;
let messages: string[];
let activities: InventoryActivities;
beforeEach(async () => {
  const { hostname, port } = new URL(server('REDIS_URL'));
  proxy = await openTcpProxy({ host: hostname, port: Number(port) });
  messages = [];
  registry = new Registry();
  const logger = createLogger(
    { service: 'inventory-service', level: 'info' },
    { write: (line) => void messages.push((JSON.parse(line) as { message: string }).message) },
  );
  redis = createRedis({ url: `redis://127.0.0.1:${String(proxy.port)}`, logger, commandTimeoutMs: ANSWER_MS });
  await waitFor('Redis', () => redis.status === 'ready');
  activities = createInventoryActivities({
    stock: inventory.stock,
    withStockLock: createStockLock({ locks: createLocks(redis, { answerMs: ANSWER_MS }), logger, registry }),
    registry,
    logger,
  });
});
afterEach(async () => {
  redis.disconnect();
  await proxy.close();
});

/** Milliseconds that it took. */
async function buy(product: number): Promise<number> {
  const started = performance.now();
  await activities.reserveStock({ orderId: inventory.newOrder(), lines: [{ productId: product, quantity: 1 }] });
  return performance.now() - started;
}

async function counted(): Promise<Record<string, number>> {
  const metrics = await registry.getSingleMetric('stock_lock_total')?.get();
  return Object.fromEntries(metrics?.values.map(({ labels, value }) => [String(labels['outcome']), value]) ?? []);
}

/** Of two products, so that it is reserved for itself, and not together with others. */
async function buyTwo(product: number, other: number): Promise<number> {
  const started = performance.now();
  const lines = [product, other].map((productId) => ({ productId, quantity: 1 }));
  await activities.reserveStock({ orderId: inventory.newOrder(), lines });
  return performance.now() - started;
}

const told = (message: string) => messages.filter((each) => each === message).length;
const untilLocked = (product: number) =>
  waitFor('an order that holds the lock again', async () => {
    const { held } = await counted();
    await buy(product);
    return (await counted())['held']! > held!;
  });

test.each(['hangs', 'is down'])(
  'Redis that %s costs no order; it is told and counted, and used when it is back',
  async (how) => {
    const [product, other] = [await inventory.stocked(PLENTY), await inventory.stocked(PLENTY)];
    await buy(product);
    expect(await counted()).toEqual({ held: 1, bypassed: 0, 'timed-out': 0 });

    if (how === 'hangs') proxy.hang();
    else await proxy.down();
    const crowd = await Promise.all(Array.from({ length: 100 }, () => buyTwo(product, other)));
    // The first waits for its answer, and the others behind it: not each of them in turn, which would be 25 s.
    expect(Math.max(...crowd)).toBeLessThan(4_000);
    const one: number[] = [];
    const until = performance.now() + 1_500;
    while (performance.now() < until) one.push(await buy(product));
    // Only once a second an order waits, to try whether Redis is back.
    expect(one.sort((a, b) => a - b)[Math.floor(one.length / 2)]).toBeLessThan(ANSWER_MS / 2);
    expect(await counted()).toEqual({ held: 1, bypassed: 100 + one.length, 'timed-out': 0 });
    expect(told('going on without the stock lock')).toBe(1);

    if (how === 'hangs') proxy.flow();
    else await proxy.up();
    await untilLocked(product);
    expect(told('the stock lock is in use again')).toBe(1);
    await waitFor('no key to be left', async () => (await outside.exists(lockKeyOf(product))) === 0);
    const sold = await inventory.prisma.reservation.count({ where: { productId: product, status: 'HELD' } });
    expect(await inventory.levelOf(product)).toBe(`${String(PLENTY - sold)}/${String(sold)}`);
  },
);

test('a connection that is dead without having been closed is left for a new one', async () => {
  const product = await inventory.stocked(PLENTY);
  proxy.abandon();
  await buy(product);
  expect(await counted()).toEqual({ held: 0, bypassed: 1, 'timed-out': 0 });
  await untilLocked(product);
});

test('Redis that stops answering while a step holds its lock holds up neither the step nor the next', async () => {
  const [one, two] = [await inventory.stocked(10), await inventory.stocked(10)];
  const lines = [one, two].map((productId) => ({ productId, quantity: 1 }));
  const orderId = inventory.newOrder();
  const started = performance.now();
  // It waits at the row, so it has its locks.
  await inventory.atOnce(
    one,
    1,
    () => activities.reserveStock({ orderId, lines }),
    () => proxy.hang(),
  );
  await buy(one);
  expect(performance.now() - started).toBeLessThan(4_000);
  expect(await inventory.statusesOf(orderId)).toEqual(['HELD', 'HELD']);
  // Nobody could take them away: they go by themselves.
  await waitFor('no key to be left', async () => (await outside.exists(lockKeyOf(one), lockKeyOf(two))) === 0);
});
