import type { Order } from '../../../contracts/http/orders.js';
import type { ShownState } from '../../../contracts/order-saga.js';
import type { PrismaClient } from '../prisma/generated/client.js';
import { placedOrder } from '../saga-start.js';

/** An order as it was when it reached a status; `number` counts them from 1. */
export interface StatusChange {
  number: number;
  order: Order;
}

export interface StatusChangeReader {
  /** All of the order's, in their order. What never changes is taken from `order`. */
  of(order: Order): Promise<StatusChange[]>;
}

export function createStatusChangeReader(prisma: PrismaClient): StatusChangeReader {
  return {
    of: async (order) => {
      const rows = await prisma.statusChange.findMany({ where: { orderId: order.id }, orderBy: { number: 'asc' } });
      return rows.map(({ number, shown }) => ({
        number,
        order: { ...placedOrder(order), ...(shown as unknown as ShownState) },
      }));
    },
  };
}
