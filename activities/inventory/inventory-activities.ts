import type { InventoryActivities } from '../../contracts/activities/inventory-activities.js';
import type { Logger } from '../../platform/logger.js';
import type { StockStore } from '../../services/inventory/stock-store.js';
import { commitStock } from './commit-stock.js';
import { releaseStock } from './release-stock.js';
import { reserveStock } from './reserve-stock.js';
import type { StockLock } from './stock-lock.js';

export interface InventoryDependencies {
  stock: StockStore;
  withStockLock: StockLock;
  logger: Logger;
}

/** What the worker of task queue `inventory` performs. */
export function createInventoryActivities(dependencies: InventoryDependencies): InventoryActivities {
  return {
    reserveStock: (request) => reserveStock(dependencies, request),
    releaseStock: (request) => releaseStock(dependencies, request),
    commitStock: (request) => commitStock(dependencies, request),
  };
}
