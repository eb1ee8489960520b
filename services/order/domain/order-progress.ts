import type { OrderPatch, StockDecision } from '../../../contracts/activities/order-activities.js';
import { mayMove, type CancelReason, type OrderStatus } from '../../../contracts/order-status.js';
import type { AttentionReason, AttentionStep } from '../../../contracts/saga-steps.js';

export interface Attention {
  step: AttentionStep;
  /** RFC 3339. */
  since: string;
  reason: AttentionReason;
  error: string;
}

/** What of an order changes as its Saga goes on. */
export interface OrderState {
  status: OrderStatus;
  cancelReason: CancelReason | null;
  cancelNote: string | null;
  paymentId: string | null;
  deliveryId: string | null;
  trackingNumber: string | null;
  stockDecision: StockDecision | null;
  needsAttention: boolean;
  /** The last thing that it needed attention for, kept when it no longer does: what is older comes late. */
  attention: Attention | null;
}

/**
 * The state after a step, whether its patch comes for the first time, again, late, or from the run after a reset.
 * `moved` is the status that was reached by it; undefined when it was there, or further, already.
 */
export function advance(state: OrderState, patch: OrderPatch): { state: OrderState; moved: OrderStatus | undefined } {
  const moved = patch.status !== undefined && mayMove(state.status, patch.status) ? patch.status : undefined;
  // A reason that comes with a status is as late as the status: only the first reason stands then.
  const newReason = moved !== undefined || state.cancelReason === null;
  return {
    moved,
    state: {
      status: moved ?? state.status,
      cancelReason: newReason ? (patch.cancelReason ?? state.cancelReason) : state.cancelReason,
      cancelNote: newReason ? (patch.cancelNote ?? state.cancelNote) : state.cancelNote,
      paymentId: patch.paymentId ?? state.paymentId,
      deliveryId: patch.deliveryId ?? state.deliveryId,
      trackingNumber: patch.trackingNumber ?? state.trackingNumber,
      stockDecision: state.stockDecision ?? patch.stockDecision ?? null,
      ...attentionAfter(state, patch.attention),
    },
  };
}

function attentionAfter(
  { needsAttention, attention }: OrderState,
  asked: OrderPatch['attention'],
): Pick<OrderState, 'needsAttention' | 'attention'> {
  if (asked === undefined) return { needsAttention, attention };
  if (asked === null) return { needsAttention: false, attention };
  const age = attention === null ? 1 : Date.parse(asked.since) - Date.parse(attention.since);
  const comesLate = age < 0 || (age === 0 && !needsAttention);
  return comesLate ? { needsAttention, attention } : { needsAttention: true, attention: asked };
}
