import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import { REFUSALS } from '../../contracts/refusals.js';
import type { InsufficientStock } from '../../contracts/refusals.js';
import type { InventoryDependencies } from './inventory-dependencies.js';
import { refusal } from '../refusal.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';

/** Throws the refusals of the contract, LockNotAcquired, or whatever the database fails with; the last two are retried. */
export async function reserveStock(
  { stock, withStockLock, logger }: InventoryDependencies,
  request: StockRequest,
): Promise<void> {
  const { orderId, lines } = request;
  const reserved = await withStockLock(lines, async () => {
    crashPoint('reserve: before');
    const done = await stock.reserve(request);
    crashPoint('reserve: written');
    return done;
  });
  switch (reserved.outcome) {
    case 'reserved':
      logger.info({ orderId, lines }, 'stock reserved');
      return;
    case 'insufficient': {
      const { productId, requested, available } = reserved;
      const short: InsufficientStock = { productId, requested, available };
      logger.info({ orderId, ...short }, 'insufficient stock');
      throw refusal(
        REFUSALS.insufficientStock,
        `product ${String(productId)}: ${String(requested)} asked for, ${String(available)} there`,
        short,
      );
    }
    case 'compensated':
      logger.info({ orderId }, 'reservation came after its release');
      throw refusal(REFUSALS.compensated, 'the stock of this order was released');
  }
}
