import type { CarrierEvent, Delivery as ShownDelivery } from '../../contracts/http/deliveries.js';
import { after, newestFirst } from '../../platform/database/newest-first.js';
import { isShown, shownStates, type DeliveryState } from './domain/delivery.js';
import type { Delivery as DeliveryRow, DeliveryEvent, Prisma, PrismaClient } from './prisma/generated/client.js';
import type { DeliveryRecord, IdPage } from '../../contracts/activities/reconciliation.js';

interface DeliveryList {
  /** undefined: everybody's. */
  userId: number | undefined;
  orderId: string | undefined;
  /** The last one of the page before. */
  after: { createdAt: Date; id: string } | undefined;
  limit: number;
}

export type DeliveryReader = ReturnType<typeof createDeliveryReader>;

const include = { events: { orderBy: [{ at: 'asc' }, { receivedAt: 'asc' }] } } satisfies Prisma.DeliveryInclude;

/** What callers see of deliveries: those that the carrier took. */
export function createDeliveryReader(prisma: PrismaClient) {
  return {
    find: async (id: string): Promise<ShownDelivery | undefined> => {
      const row = await prisma.delivery.findUnique({ where: { id }, include });
      return row === null ? undefined : toShown(row)[0];
    },

    /** Newest first, at most `limit`. */
    list: async ({ userId, orderId, after: place, limit }: DeliveryList): Promise<ShownDelivery[]> => {
      const rows = await prisma.delivery.findMany({
        where: {
          status: { in: [...shownStates] },
          ...(userId === undefined ? {} : { userId }),
          ...(orderId === undefined ? {} : { orderId }),
          ...after(place),
        },
        include,
        orderBy: newestFirst,
        take: limit,
      });
      return rows.flatMap(toShown);
    },
  };
}

function toShown(row: DeliveryRow & { events: DeliveryEvent[] }): ShownDelivery[] {
  const status = row.status as DeliveryState;
  if (!isShown(status)) return [];
  return [
    {
      id: row.id,
      orderId: row.orderId,
      userId: row.userId,
      status,
      carrier: row.carrier ?? '',
      trackingNumber: row.trackingNumber ?? '',
      // The column's CHECK holds it to these.
      events: row.events.map((event) => ({ status: event.status as CarrierEvent, at: event.at.toISOString() })),
      createdAt: row.createdAt.toISOString(),
    },
  ];
}

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
