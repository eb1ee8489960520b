import type { Order } from '../../contracts/http/orders.js';
import type { OrderStore } from '../../services/order/order-store.js';
import type { StoredOrder } from '../../services/order/order-row.js';
import { isAdmin, requireOwnerOrAdmin, type Principal } from '../http/access.js';
import { notFound } from '../http/problem.js';

/** The order, for its owner and for admins; 404 for others, as where there is none. */
export async function orderForCaller(store: OrderStore, caller: Principal, id: string): Promise<StoredOrder> {
  const stored = await store.find(id);
  if (stored === undefined) throw notFound();
  requireOwnerOrAdmin(caller, stored.order.userId);
  return stored;
}

/** What operators write about an order is for operators; customers see the note that they gave themselves. */
export function asSeenBy(caller: Principal, order: Order): Order {
  if (isAdmin(caller)) return order;
  const { cancelNote, refunds, ...shown } = order;
  return {
    ...shown,
    ...(cancelNote !== undefined && order.cancelReason === 'CUSTOMER_REQUEST' && { cancelNote }),
    ...(refunds && { refunds: refunds.map(({ id, amount, at }) => ({ id, amount, at })) }),
  };
}
