import type { Request } from 'express';

import type { OrderStore } from '../../services/order/order-store.js';
import type { StoredOrder } from '../../services/order/stored-order.js';
import { requireOwnerOrAdmin } from '../http/access.js';
import { notFound } from '../http/problem.js';

/** The order, for its owner and for admins; 404 for others, as where there is none. */
export async function orderForCaller(store: OrderStore, req: Request, id: string): Promise<StoredOrder> {
  const stored = await store.find(id);
  if (stored === undefined) throw notFound();
  requireOwnerOrAdmin(req, stored.order.userId);
  return stored;
}
