import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { createLocalLine } from './local-line.js';
import { LockNotAcquired, lockKey, createRedisHealth, type HeldKey } from './lock-key.js';

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

interface LockSettings {
  /** Redis that is slower than this counts as down: the lock must not cost more than the contention that it saves. */
  answerMs?: number;
  /** After a failure Redis is left alone for so long. */
  restMs?: number;
}

export function createLocks(redis: Redis, { answerMs = 250, restMs = 1_000 }: LockSettings = {}): Locks {
  const line = createLocalLine();
  const health = createRedisHealth({ answerMs, restMs });

  const take = async (key: string, { waitMs, leaseMs }: LockTimes, deadline: number): Promise<HeldKey> => {
    for (;;) {
      const held = await health.ask(key, () => lockKey(redis, key, leaseMs));
      if (held !== undefined) return held;
      const left = deadline - Date.now();
      if (left <= 0) throw new LockNotAcquired(key, waitMs);
      await pause(Math.min(left, retryMs.least + Math.random() * (retryMs.most - retryMs.least)));
    }
  };

  // When the lease ran out or Redis is gone there is nothing to wait for: the key goes by itself.
  const free = async (key: string, held: HeldKey): Promise<void> => {
    if (health.rests()) void held.free().catch(() => undefined);
    else await health.ask(key, () => held.free()).catch(() => undefined);
  };

  const acquire = async (key: string, times: LockTimes, deadline: number): Promise<() => Promise<void>> => {
    const endTurn = await line.enter(key, deadline);
    try {
      const held = await take(key, times, deadline);
      // Work that outlives its lease holds up neither other processes nor the line in this one.
      const leaseEnd = setTimeout(endTurn, times.leaseMs);
      return async () => {
        clearTimeout(leaseEnd);
        await free(key, held);
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
