import type { Order } from '../../../contracts/http/orders.js';
import type { ShownState } from '../../../contracts/order-saga.js';
import type { OrderState } from './order-progress.js';

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
