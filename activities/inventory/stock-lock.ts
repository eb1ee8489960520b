import type { Registry } from 'prom-client';
import { type OrderLine, inProductOrder } from '../../services/inventory/domain/reservation.js';
import { LockNotAcquired, LockUnavailable } from '../../platform/lock/lock-key.js';
import type { LockTimes, Locks } from '../../platform/lock/redis-lock.js';
import type { Logger } from '../../platform/logger.js';
import { counter, histogram } from '../../platform/metrics.js';

export const LOCK_TIMES: LockTimes = { waitMs: 5_000, leaseMs: 3_000 };

export const lockKeyOf = (productId: number): string => `inventory:lock:${String(productId)}`;

/** Runs `work` while holding the lock of each product. */
export type StockLock = <T>(lines: readonly OrderLine[], work: () => Promise<T>) => Promise<T>;

export interface StockLockSettings {
  locks: Locks;
  logger: Logger;
  registry: Registry;
  times?: LockTimes;
}

/**
 * The lock keeps contention off the database, which alone makes stock right: so when Redis can't be asked, work goes on
 * without the lock. Throws LockNotAcquired, which is tried again, when others held one for all of the 5 s.
 */
export function createStockLock({ locks, logger, registry, times = LOCK_TIMES }: StockLockSettings): StockLock {
  const steps = counter(registry, 'stock_lock_total');
  const waited = histogram(registry, 'stock_lock_wait_seconds');
  const held = histogram(registry, 'stock_lock_hold_seconds');

  // Both ends of an outage are told once, not once per order.
  let withoutRedis = false;
  return async (lines, work) => {
    const keys = inProductOrder(lines).map((line) => lockKeyOf(line.productId));
    const hasLocks = waited.startTimer();
    try {
      return await locks.withLocks(keys, times, async () => {
        hasLocks();
        if (withoutRedis) logger.info('the stock lock is in use again');
        withoutRedis = false;
        steps.inc({ outcome: 'held' });
        const isDone = held.startTimer();
        try {
          return await work();
        } finally {
          isDone();
        }
      });
    } catch (error) {
      if (error instanceof LockNotAcquired) steps.inc({ outcome: 'timed-out' });
      if (!(error instanceof LockUnavailable)) throw error;
      if (!withoutRedis) logger.warn({ reason: error.message }, 'going on without the stock lock');
      withoutRedis = true;
      steps.inc({ outcome: 'bypassed' });
      return work();
    }
  };
}
