import type { DeliveryReconciliation } from '../../contracts/activities/reconciliation.js';
import type { PrismaClient } from '../../services/delivery/prisma/generated/client.js';
import { createDeliveryReconciliationReader } from '../../services/delivery/reconciliation-reader.js';

/** What a reconciliation asks of the delivery service. */
export function createDeliveryReconciliation(prisma: PrismaClient): DeliveryReconciliation {
  const { listOrderIds, deliveryRecords } = createDeliveryReconciliationReader(prisma);
  return { listDeliveryOrderIds: listOrderIds, deliveryRecords };
}
