import type { StockReconciliation } from '../../contracts/activities/reconciliation.js';
import type { PrismaClient } from '../../services/inventory/prisma/generated/client.js';
import { createStockReconciliationReader } from '../../services/inventory/reconciliation-reader.js';

/** What a reconciliation asks of the inventory service. */
export function createStockReconciliation(prisma: PrismaClient): StockReconciliation {
  const { listOrderIds, stockRecords, wrongStockLevels } = createStockReconciliationReader(prisma);
  return { listStockOrderIds: listOrderIds, stockRecords, wrongStockLevels };
}
