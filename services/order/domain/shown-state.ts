import type { Order } from '../../../contracts/http/orders.js';
import type { PlacedOrder } from '../../../contracts/order-saga.js';
import type { OrderState } from './order-progress.js';

/** What callers see of an order that changes as its Saga goes on. With what was placed it is the whole order. */
export type ShownState = Omit<Order, keyof PlacedOrder>;

type State = Omit<OrderState, 'stockDecision' | 'attention'> & { attention: Order['attention'] | null };

export function shownState(state: State, updatedAt: Date): ShownState {
  const { status, cancelReason, cancelNote, paymentId, deliveryId, trackingNumber, needsAttention } = state;
  const attention = needsAttention ? state.attention : null;
  return {
    status,
    ...(cancelReason === null ? {} : { cancelReason }),
    ...(cancelNote === null ? {} : { cancelNote }),
    needsAttention,
    // Its reason is a code for operators.
    ...(attention ? { attention: { step: attention.step, since: attention.since, error: attention.error } } : {}),
    ...(paymentId === null ? {} : { paymentId }),
    ...(deliveryId === null ? {} : { deliveryId }),
    ...(trackingNumber === null ? {} : { trackingNumber }),
    updatedAt: updatedAt.toISOString(),
  };
}
