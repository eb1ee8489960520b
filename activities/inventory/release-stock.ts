import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import type { ReleaseOutcome } from '../../services/inventory/stock-store.js';
import type { InventoryDependencies } from './inventory-dependencies.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';

const MESSAGES: Record<ReleaseOutcome, string> = {
  released: 'stock released',
  returned: 'stock returned',
  marked: 'stock not reserved yet, and will not be',
  nothing: 'no stock to release',
};

/** Throws LockNotAcquired, or whatever the database fails with: both are retried. */
export async function releaseStock(
  { stock, withStockLock, logger }: InventoryDependencies,
  request: StockRequest,
): Promise<void> {
  const { orderId, lines } = request;
  const outcome = await withStockLock(lines, async () => {
    crashPoint('release: before');
    const done = await stock.release(request);
    crashPoint('release: written');
    return done;
  });
  logger.info({ orderId, lines }, MESSAGES[outcome]);
}
