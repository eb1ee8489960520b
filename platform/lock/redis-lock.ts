import { LockNotAcquired, lockKey, createRedisHealth, type HeldKey } from './lock-key.js';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';

interface LocalLine {
  /** Waits for one's turn for `key` in this process, until `deadline` (epoch ms). Returns what ends the turn. */
  enter(key: string, deadline: number): Promise<() => void>;
}

/** After so many turns of this process in a row, another process gets a chance to take the lock. */
const turnsInARow = 8;
const chanceMs = 10;

/**
 * First come, first served within a process. Of many callers waiting for the same lock only one asks Redis, so that
 * waiting costs no Redis commands and the last one waits no longer than the line is long.
 */
function createLocalLine(): LocalLine {
  const lines = new Map<string, { waiting: (() => void)[]; turns: number }>();

  const leave = (key: string) => {
    const line = lines.get(key);
    const next = line?.waiting.shift();
    if (line === undefined || next === undefined) {
      lines.delete(key);
      return;
    }
    line.turns += 1;
    if (line.turns % turnsInARow === 0) setTimeout(next, chanceMs);
    else next();
  };

  return {
    enter: (key, deadline) => {
      const end = once(() => leave(key));
      const line = lines.get(key);
      if (line === undefined) {
        lines.set(key, { waiting: [], turns: 0 });
        return Promise.resolve(end);
      }
      const since = Date.now();
      return new Promise((resolve, reject) => {
        const turn = () => {
          clearTimeout(timer);
          resolve(end);
        };
        const timer = setTimeout(
          () => {
            const place = line.waiting.indexOf(turn);
            // No place in line any more: it is this one's turn, after the pause for others.
            if (place === -1) return;
            line.waiting.splice(place, 1);
            reject(new LockNotAcquired(key, Date.now() - since));
          },
          Math.max(0, deadline - since),
        );
        line.waiting.push(turn);
      });
    },
  };
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}

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
