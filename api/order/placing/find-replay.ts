import type { OrderStore } from '../../../services/order/order-store.js';
import type { StoredOrder } from '../../../services/order/stored-order.js';
import { unprocessable } from '../../http/problem.js';
import type { OrderRequest } from './order-request.js';

/** `placed` is false where the order was there already, so that this request repeats an earlier one. */
export interface Placed {
  placed: boolean;
  stored: StoredOrder;
}

/** The order that an earlier request with this key made. Comes before all else, because it needs no other service. */
export async function findReplay(store: OrderStore, request: OrderRequest): Promise<Placed | undefined> {
  if (request.idempotencyKey === undefined) return undefined;
  const stored = await store.findByKey(request.userId, request.idempotencyKey);
  return stored === undefined ? undefined : asReplay(stored, request);
}

/** Throws 422 when the key was used for another body. */
export function asReplay(stored: StoredOrder, { bodyHash }: OrderRequest): Placed {
  if (stored.bodyHash === bodyHash) return { placed: false, stored };
  throw unprocessable('idempotency-key-reuse', 'This Idempotency-Key was used for another order.');
}
