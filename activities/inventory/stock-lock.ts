import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import { type OrderLine, inProductOrder } from '../../services/inventory/domain/reservation.js';
import { LockNotAcquired, LockUnavailable } from '../../platform/lock/lock-key.js';
import type { LockTimes, Locks } from '../../platform/lock/redis-lock.js';
import type { Logger } from '../../platform/logger.js';

export const LOCK_TIMES: LockTimes = { waitMs: 5_000, leaseMs: 3_000 };

export const lockKeyOf = (productId: number): string => `inventory:lock:${String(productId)}`;

/** Runs `work` while holding the lock of each product. */
export type StockLock = <T>(lines: readonly OrderLine[], work: () => Promise<T>) => Promise<T>;

/** What became of the lock of a step. `timed-out`: others held it for all of the 5 s. */
const OUTCOMES = ['held', 'bypassed', 'timed-out'] as const;

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
  const steps = new Counter({
    name: 'stock_lock_total',
    help: 'Steps that took the lock of their products, went on without it, or waited for it in vain',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of OUTCOMES) steps.inc({ outcome }, 0);
  const count = (outcome: (typeof OUTCOMES)[number]): void => steps.inc({ outcome });

  // Both ends of an outage are told once, not once per order.
  let withoutRedis = false;
  return async (lines, work) => {
    const keys = inProductOrder(lines).map((line) => lockKeyOf(line.productId));
    try {
      return await locks.withLocks(keys, times, () => {
        if (withoutRedis) logger.info('the stock lock is in use again');
        withoutRedis = false;
        count('held');
        return work();
      });
    } catch (error) {
      if (error instanceof LockNotAcquired) count('timed-out');
      if (!(error instanceof LockUnavailable)) throw error;
      if (!withoutRedis) logger.warn({ reason: error.message }, 'going on without the stock lock');
      withoutRedis = true;
      count('bypassed');
      return work();
    }
  };
}
