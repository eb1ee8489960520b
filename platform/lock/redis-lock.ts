import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import Redlock from 'redlock';
import { LockNotAcquired, LockUnavailable } from './errors.js';

export interface LockTimes {
  /** How long to wait for all keys together. */
  waitMs: number;
  /** A holder that dies frees the key after this. */
  leaseMs: number;
}

export interface Locks {
  /**
   * Runs `work` while holding `keys`, taken one by one in the order given: callers that share keys must agree on it.
   * Throws LockNotAcquired after `waitMs`, and LockUnavailable at once when Redis fails, without having run `work`.
   * The lease is not renewed: work that outlives it goes on without the lock.
   */
  withLocks<T>(keys: readonly string[], times: LockTimes, work: () => Promise<T>): Promise<T>;
}

export function createLocks(redis: Redis): Locks {
  return {
    withLocks: async (keys, times, work) => {
      const deadline = Date.now() + times.waitMs;
      const held: Redlock.Lock[] = [];
      try {
        for (const key of keys) held.push(await acquire(redis, key, times, deadline));
        return await work();
      } finally {
        await Promise.all(held.map((lock) => release(lock)));
      }
    },
  };
}

async function acquire(
  redis: Redis,
  key: string,
  { waitMs, leaseMs }: LockTimes,
  deadline: number,
): Promise<Redlock.Lock> {
  for (;;) {
    // redlock reports a server's error by an event and then says "exceeded attempts", as when somebody holds the key.
    let failure: Error | undefined;
    const redlock = new Redlock([redis as unknown as Redlock.CompatibleRedisClient], { retryCount: 0 });
    redlock.on('clientError', (error: Error) => (failure ??= error));
    try {
      return await redlock.lock(key, leaseMs);
    } catch (error) {
      if (failure !== undefined) throw new LockUnavailable(key, failure);
      if (!(error instanceof Redlock.LockError)) throw error;
    }
    const left = deadline - Date.now();
    if (left <= 0) throw new LockNotAcquired(key, waitMs);
    // redlock's own 200 ms between tries would be most of the time an order takes.
    await pause(Math.min(left, 4 + Math.random() * 12));
  }
}

async function release(lock: Redlock.Lock): Promise<void> {
  // It had run out, or Redis is gone: then it runs out by itself.
  await Promise.resolve(lock.unlock()).catch(() => undefined);
}
