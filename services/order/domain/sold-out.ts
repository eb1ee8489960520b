import type { OrderProgress } from '../../../contracts/activities/order-activities.js';
import type { InsufficientStock } from '../../../contracts/refusals.js';

/** Beside the refusal in the timeline. */
export const shortageInWords = ({ productId, requested, available }: InsufficientStock): string =>
  `product ${productId}: ${requested} requested, ${available} available`;

/** What the row of an order learns that was found sold out before it had a Saga: what its Saga would have written. */
export function soldOut(shortage: InsufficientStock): Omit<OrderProgress, 'orderId'> {
  const reason = 'INSUFFICIENT_STOCK';
  return {
    patch: { status: 'CANCELLED', cancelReason: reason, stockDecision: { outcome: 'insufficient', ...shortage } },
    entry: {
      key: 'reserve-stock',
      step: 'reserve-stock',
      service: 'inventory-service',
      outcome: 'refused',
      attempts: 1,
      detail: shortageInWords(shortage),
    },
    events: [
      { topic: 'inventory-failed', reason },
      { topic: 'order-cancelled', reason },
    ],
  };
}
