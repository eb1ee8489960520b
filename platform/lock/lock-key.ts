import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  TaskCancelledError,
  TimeoutStrategy,
  circuitBreaker,
  handleType,
  timeout,
} from 'cockatiel';
import type { Redis } from 'ioredis';
import Redlock from 'redlock';
import { errorMessage } from '../error-message.js';

/** Somebody else held the lock for as long as we were ready to wait. */
export class LockNotAcquired extends Error {
  override readonly name = 'LockNotAcquired';
  constructor(
    readonly key: string,
    readonly waitedMs: number,
  ) {
    super(`${key} was held by another for ${String(waitedMs)} ms`);
  }
}

/** Redis is down or too slow to say. Whether to go on without the lock is the caller's to decide. */
export class LockUnavailable extends Error {
  override readonly name = 'LockUnavailable';
  constructor(
    readonly key: string,
    cause: unknown,
  ) {
    super(`Redis can't lock ${key}: ${errorMessage(cause)}`, { cause });
  }
}

export interface HeldKey {
  /** Leaves the key alone when it is another's by now. Rejects with LockUnavailable when Redis fails. */
  free(): Promise<void>;
}

/** One try to take `key` for `leaseMs`. undefined: another holds it. Rejects with LockUnavailable when Redis fails. */
export async function lockKey(redis: Redis, key: string, leaseMs: number): Promise<HeldKey | undefined> {
  let failure: Error | undefined;
  // ioredis takes what redlock sends; the type asks for one form of `eval` alone.
  const redlock = new Redlock([redis as unknown as Redlock.CompatibleRedisClient], { retryCount: 0 });
  // A server's error comes as an event, and the call then fails as when somebody holds the key.
  redlock.on('clientError', (error: Error) => (failure ??= error));
  const asked = async <T>(call: () => PromiseLike<T>): Promise<T | undefined> => {
    try {
      return await call();
    } catch (error) {
      if (failure !== undefined) throw new LockUnavailable(key, failure);
      if (!(error instanceof Redlock.LockError)) throw error;
      return undefined;
    }
  };
  const lock = await asked(() => redlock.lock(key, leaseMs));
  return lock && { free: () => asked(() => lock.unlock()) };
}

export interface RedisHealth {
  /** Asks Redis about `key`. Rejects with LockUnavailable: after `answerMs`, or at once while Redis is left alone. */
  ask<T>(key: string, call: () => Promise<T>): Promise<T>;
  /** Redis is left alone for now. */
  rests(): boolean;
}

/**
 * A Redis that hangs must cost one caller a short wait, not each caller in turn: after one failure it is left alone for
 * `restMs`, then one call tries whether it is back.
 */
export function createRedisHealth({ answerMs, restMs }: { answerMs: number; restMs: number }): RedisHealth {
  const breaker = circuitBreaker(handleType(LockUnavailable).orType(TaskCancelledError), {
    breaker: new ConsecutiveBreaker(1),
    halfOpenAfter: restMs,
  });
  // A command gives up by itself, but redlock then sends another, which hangs as well.
  const deadline = timeout(answerMs, TimeoutStrategy.Aggressive);
  return {
    ask: async (key, call) => {
      try {
        return await breaker.execute(() => deadline.execute(call));
      } catch (error) {
        if (error instanceof TaskCancelledError)
          throw new LockUnavailable(key, new Error(`no answer within ${String(answerMs)} ms`));
        if (error instanceof BrokenCircuitError) throw new LockUnavailable(key, new Error('it failed a moment ago'));
        throw error;
      }
    },
    rests: () => breaker.state !== CircuitState.Closed,
  };
}
