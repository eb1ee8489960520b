import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Redis } from 'ioredis';
import { server } from '../../tests/support/servers.js';
import { openTcpProxy } from '../../tests/support/tcp-proxy.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createLogger } from '../logger.js';
import { createRedis } from '../redis.js';
import { LockNotAcquired, LockUnavailable } from './lock-key.js';
import { createLocks } from './redis-lock.js';

const logger = createLogger({ service: 'test', level: 'silent' });
const times = { waitMs: 2000, leaseMs: 1000 };
const newKey = () => `test:lock:${randomUUID()}`;

let redis: Redis;
let other: Redis;

beforeAll(async () => {
  redis = createRedis({ url: server('REDIS_URL'), logger });
  other = createRedis({ url: server('REDIS_URL'), logger });
  await waitFor('Redis', () => redis.status === 'ready' && other.status === 'ready');
});

afterAll(() => {
  redis.disconnect();
  other.disconnect();
});

describe('withLocks', () => {
  test('lets one at a time in, over processes, and leaves no key', async () => {
    const key = newKey();
    const instances = [createLocks(redis), createLocks(other)];
    let inside = 0;
    let most = 0;
    let done = 0;
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        instances[index % 2]!.withLocks([key], { waitMs: 10_000, leaseMs: 3000 }, async () => {
          most = Math.max(most, ++inside);
          await redis.ping();
          inside -= 1;
          done += 1;
        }),
      ),
    );
    expect({ most, done }).toEqual({ most: 1, done: 60 });
    expect(await redis.exists(key)).toBe(0);
  });

  test('waits for a key that another holds, and gets it when that one lets go', async () => {
    const key = newKey();
    await other.set(key, 'somebody', 'PX', 300);
    expect(await createLocks(redis).withLocks([key], times, () => Promise.resolve('in'))).toBe('in');
    expect(await redis.exists(key)).toBe(0);
  });

  test('gives up after waitMs, names the key, and frees those it had', async () => {
    const [first, second] = [newKey(), newKey()];
    await other.set(second, 'somebody', 'PX', 30_000);
    const ran: string[] = [];
    const started = Date.now();
    const attempt = createLocks(redis).withLocks([first, second], { waitMs: 200, leaseMs: 1000 }, () =>
      Promise.resolve(ran.push('ran')),
    );
    await expect(attempt).rejects.toThrow(LockNotAcquired);
    await expect(attempt).rejects.toMatchObject({ key: second });
    expect(Date.now() - started).toBeLessThan(1000);
    expect(ran).toEqual([]);
    expect(await redis.exists(first)).toBe(0);
    expect(await redis.get(second)).toBe('somebody');
    await other.del(second);
  });

  test('those who wait behind somebody of the same process give up in time too', async () => {
    const key = newKey();
    const locks = createLocks(redis);
    let open = (): void => undefined;
    const holder = locks.withLocks([key], times, () => new Promise<void>((resolve) => (open = resolve)));
    await waitFor('the holder', () => redis.exists(key));
    await expect(locks.withLocks([key], { waitMs: 100, leaseMs: 1000 }, () => Promise.resolve())).rejects.toThrow(
      LockNotAcquired,
    );
    open();
    await holder;
    await locks.withLocks([key], times, () => Promise.resolve());
    expect(await redis.exists(key)).toBe(0);
  });

  test.each(['another process', 'the same process'])(
    'a lease that runs out lets the next one of %s in, whose key the first then leaves alone',
    async (who) => {
      const key = newKey();
      const locks = createLocks(redis);
      const next = who === 'the same process' ? locks : createLocks(other);
      let open = (): void => undefined;
      const slow = locks.withLocks(
        [key],
        { waitMs: 100, leaseMs: 100 },
        () => new Promise<void>((resolve) => (open = resolve)),
      );
      await waitFor('the slow one', () => redis.exists(key));
      await next.withLocks([key], times, async () => {
        open();
        await slow;
        expect(await redis.exists(key)).toBe(1);
      });
      expect(await redis.exists(key)).toBe(0);
    },
  );

  test('frees the key when the work fails', async () => {
    const key = newKey();
    await expect(createLocks(redis).withLocks([key], times, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(await redis.exists(key)).toBe(0);
  });

  test('says at once that Redis is down, without running the work', async () => {
    const down = createRedis({ url: 'redis://127.0.0.1:1', logger });
    const started = Date.now();
    await expect(createLocks(down).withLocks([newKey()], times, () => Promise.resolve('ran'))).rejects.toThrow(
      LockUnavailable,
    );
    expect(Date.now() - started).toBeLessThan(500);
    down.disconnect();
  });

  test('says soon that Redis has stopped answering', async () => {
    const { hostname, port } = new URL(server('REDIS_URL'));
    const proxy = await openTcpProxy({ host: hostname, port: Number(port) });
    const slow = createRedis({ url: `redis://127.0.0.1:${String(proxy.port)}`, logger, commandTimeoutMs: 200 });
    await waitFor('Redis', () => slow.status === 'ready');
    const locks = createLocks(slow);
    const key = newKey();
    expect(await locks.withLocks([key], times, () => Promise.resolve('ran'))).toBe('ran');

    proxy.hang();
    const started = Date.now();
    await expect(locks.withLocks([key], times, () => Promise.resolve('ran'))).rejects.toThrow(LockUnavailable);
    expect(Date.now() - started).toBeLessThan(1500);
    // The next one does not wait for it too.
    await expect(locks.withLocks([key], times, () => Promise.resolve('ran'))).rejects.toThrow('it failed a moment ago');
    // The commands came through, only their answers did not: nothing may stay locked.
    await waitFor('the key to be gone', async () => (await redis.exists(key)) === 0);
    slow.disconnect();
    await proxy.close();
  });
});
