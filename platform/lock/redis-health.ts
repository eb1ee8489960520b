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
import { LockUnavailable } from './errors.js';

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
