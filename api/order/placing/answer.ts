import type { Order } from '../../../contracts/http/orders.js';
import type { InsufficientStock } from '../../../contracts/refusals.js';
import type { StoredOrder } from '../../../services/order/stored-order.js';

export type Answer =
  | { kind: 'created'; order: Order }
  | { kind: 'accepted'; order: Order }
  | { kind: 'short'; order: Order; shortage: InsufficientStock };

/** The answer that the row's stock decision asks for; undefined while there is none. */
export function decisionOf({ order, stockDecision }: StoredOrder): Answer | undefined {
  if (stockDecision === null) return undefined;
  if (stockDecision.outcome !== 'insufficient') return { kind: 'created', order };
  const { productId, requested, available } = stockDecision;
  return { kind: 'short', order, shortage: { productId, requested, available } };
}
