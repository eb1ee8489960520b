import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import Redlock from 'redlock';
import { LockNotAcquired, LockUnavailable } from './errors.js';
import { createLocalLine } from './local-line.js';

export interface LockTimes {
  /** How long to wait for all keys together. */
  waitMs: number;
  /** A holder that dies frees the key after this. */
  leaseMs: number;
}

export interface Locks {
  /**
   * Runs `work` while holding `keys`, taken one by one in the order given: callers that share keys must agree on it.
   * Throws LockNotAcquired after `waitMs`, and LockUnavailable as soon as Redis fails; `work` has not run then.
   * The lease is not renewed: work that outlives it goes on without the lock.
   */
  withLocks<T>(keys: readonly string[], times: LockTimes, work: () => Promise<T>): Promise<T>;
}

/** Between two tries. redlock's own 200 ms would be most of the time an order takes. */
const retryMs = { least: 2, most: 8 };

export function createLocks(redis: Redis): Locks {
  const line = createLocalLine();

  const acquire = async (
    key: string,
    { waitMs, leaseMs }: LockTimes,
    deadline: number,
  ): Promise<() => Promise<void>> => {
    const endTurn = await line.enter(key, deadline);
    try {
      const lock = await lockInRedis(redis, key, { waitMs, leaseMs }, deadline);
      // Work that outlives its lease holds up neither other processes nor the line in this one.
      const leaseEnd = setTimeout(endTurn, leaseMs);
      return async () => {
        clearTimeout(leaseEnd);
        // When the lease ran out or Redis is gone there is nothing to release: the key goes by itself.
        await Promise.resolve(lock.unlock()).catch(() => undefined);
        endTurn();
      };
    } catch (error) {
      endTurn();
      throw error;
    }
  };

  return {
    withLocks: async (keys, times, work) => {
      const deadline = Date.now() + times.waitMs;
      const releases: (() => Promise<void>)[] = [];
      try {
        for (const key of keys) releases.push(await acquire(key, times, deadline));
        return await work();
      } finally {
        await Promise.all(releases.map((release) => release()));
      }
    },
  };
}

async function lockInRedis(redis: Redis, key: string, times: LockTimes, deadline: number): Promise<Redlock.Lock> {
  let failure: Error | undefined;
  // ioredis takes what redlock sends; the type asks for one form of `eval` alone.
  const redlock = new Redlock([redis as unknown as Redlock.CompatibleRedisClient], { retryCount: 0 });
  // A server's error comes as an event, and the call then says "exceeded attempts" as when somebody holds the key.
  redlock.on('clientError', (error: Error) => (failure ??= error));
  for (;;) {
    try {
      return await redlock.lock(key, times.leaseMs);
    } catch (error) {
      if (failure !== undefined) throw new LockUnavailable(key, failure);
      if (!(error instanceof Redlock.LockError)) throw error;
    }
    const left = deadline - Date.now();
    if (left <= 0) throw new LockNotAcquired(key, times.waitMs);
    await pause(Math.min(left, retryMs.least + Math.random() * (retryMs.most - retryMs.least)));
  }
}
