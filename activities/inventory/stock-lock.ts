import type { OrderLine } from '../../services/inventory/domain/order-lines.js';
import { inProductOrder } from '../../services/inventory/domain/order-lines.js';
import { LockUnavailable } from '../../platform/lock/errors.js';
import type { LockTimes, Locks } from '../../platform/lock/redis-lock.js';
import type { Logger } from '../../platform/logger.js';

export const LOCK_TIMES: LockTimes = { waitMs: 5_000, leaseMs: 3_000 };

export const lockKeyOf = (productId: number): string => `inventory:lock:${String(productId)}`;

/** Runs `work` while holding the lock of each product. */
export type StockLock = <T>(lines: readonly OrderLine[], work: () => Promise<T>) => Promise<T>;

/**
 * The lock keeps contention off the database, which alone makes stock right: so when Redis can't be asked, work goes on
 * without the lock. Throws LockNotAcquired, which is tried again, when others held one for all of the 5 s.
 */
export function createStockLock({ locks, logger }: { locks: Locks; logger: Logger }): StockLock {
  let withoutRedis = false;
  return async (lines, work) => {
    const keys = inProductOrder(lines).map((line) => lockKeyOf(line.productId));
    try {
      return await locks.withLocks(keys, LOCK_TIMES, () => {
        withoutRedis = false;
        return work();
      });
    } catch (error) {
      if (!(error instanceof LockUnavailable)) throw error;
      // Once per outage, not once per order.
      if (!withoutRedis) logger.warn({ reason: error.message }, 'going on without the stock lock');
      withoutRedis = true;
      return work();
    }
  };
}
