import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import type { InventoryDependencies } from './inventory-dependencies.js';

/** Throws LockNotAcquired, whatever the database fails with, or that nothing is held: it waits for an operator then. */
export async function commitStock(
  { stock, withStockLock, logger }: InventoryDependencies,
  request: StockRequest,
): Promise<void> {
  const { orderId, lines } = request;
  const now = await withStockLock(lines, () => stock.commit(request));
  logger.info({ orderId, lines }, now ? 'stock committed' : 'stock committed before');
}
