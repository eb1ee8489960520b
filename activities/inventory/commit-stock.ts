import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import type { InventoryDependencies } from './inventory-dependencies.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';

/** Throws LockNotAcquired, whatever the database fails with, or that nothing is held: it waits for an operator then. */
export async function commitStock(
  { stock, withStockLock, logger }: InventoryDependencies,
  request: StockRequest,
): Promise<void> {
  const { orderId, lines } = request;
  const now = await withStockLock(lines, async () => {
    crashPoint('commit: before');
    const done = await stock.commit(request);
    crashPoint('commit: written');
    return done;
  });
  logger.info({ orderId, lines }, now ? 'stock committed' : 'stock committed before');
}
