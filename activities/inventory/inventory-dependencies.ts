import type { Logger } from '../../platform/logger.js';
import type { StockStore } from '../../services/inventory/stock-store.js';
import type { StockLock } from './stock-lock.js';

export interface InventoryDependencies {
  stock: StockStore;
  withStockLock: StockLock;
  logger: Logger;
}
