import type { DeliveryRecord, IdPage } from '../../contracts/activities/reconciliation.js';
import type { CarrierEvent } from '../../contracts/http/deliveries.js';
import type { PrismaClient } from './prisma/generated/client.js';

/** What a reconciliation asks of the delivery service's books. */
export function createDeliveryReconciliationReader(prisma: PrismaClient) {
  return {
    listOrderIds: async ({ after = '', limit, since }: IdPage): Promise<string[]> => {
      const rows = await prisma.delivery.findMany({
        where: { orderId: { gt: after }, ...(since && { updatedAt: { gte: new Date(since) } }) },
        orderBy: { orderId: 'asc' },
        take: limit,
        select: { orderId: true },
      });
      return rows.map(({ orderId }) => orderId);
    },

    deliveryRecords: async (orderIds: readonly string[]): Promise<DeliveryRecord[]> => {
      const where = { orderId: { in: [...orderIds] } };
      const rows = await prisma.delivery.findMany({ where, include: { events: { orderBy: { status: 'asc' } } } });
      return rows.map(({ id, orderId, status, events, updatedAt }) => ({
        orderId,
        deliveryId: id,
        status,
        // The column's CHECK holds it to these.
        reported: events.map((event) => event.status as CarrierEvent),
        updatedAt: updatedAt.toISOString(),
      }));
    },
  };
}
