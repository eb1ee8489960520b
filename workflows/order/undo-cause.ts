import type { OrderPatch, OrderProgress, TimelineEntry } from '../../contracts/activities/order-activities.js';
import { REFUSALS } from '../../contracts/refusals.js';
import type { ShownState } from '../../contracts/order-saga.js';
import type { CancelReason } from '../../contracts/order-status.js';
import type { StepRefused } from './step-refused.js';
import type { StepTooLate } from './step-too-late.js';
import { eventEntry } from './timeline-entry.js';

/** Why an order is undone, and what its row, its timeline and Kafka are told of it. */
export interface UndoCause {
  reason: CancelReason;
  /** In the words of whoever asked. */
  note?: string;
  entry: TimelineEntry;
  facts: Pick<OrderPatch, 'paymentId' | 'stockDecision'>;
  events: OrderProgress['events'];
  /**
   * It may come when an earlier run, before an operator's reset, has done more than this one has begun. Not so with what
   * a service has refused or sent back: that says for all runs what can't have been done after it.
   */
  mayLeaveMore: boolean;
}

export const RETURNED: UndoCause = {
  reason: 'DELIVERY_RETURNED',
  entry: eventEntry('returned', 'delivery-service', 'done'),
  facts: {},
  events: [],
  mayLeaveMore: false,
};

export function requestedBy(who: 'customer' | 'operator', note?: string): UndoCause {
  return {
    reason: who === 'customer' ? 'CUSTOMER_REQUEST' : 'OPERATOR_REQUEST',
    ...(note !== undefined && { note }),
    entry: eventEntry('cancel', 'order-service', 'asked', `by the ${who}`),
    facts: {},
    events: [],
    mayLeaveMore: true,
  };
}

/** Before a reset: what is being undone, or is undone, does not go on. */
export function undoneBefore({ cancelReason, cancelNote }: ShownState): UndoCause {
  return {
    ...requestedBy('operator', cancelNote),
    reason: cancelReason ?? 'OPERATOR_REQUEST',
    entry: eventEntry('cancel', 'order-service', 'asked', 'before the reset'),
  };
}

/** Only the charge has a window. What it did after all, the refund gives back. */
export function notPaidInTime({ entry }: StepTooLate): UndoCause {
  const reason = 'PAYMENT_TIMEOUT';
  return { reason, entry, facts: {}, events: [{ topic: 'payment-failed', reason }], mayLeaveMore: true };
}

export function refusedBy({ refusal, entry }: StepRefused): UndoCause {
  switch (refusal.type) {
    case REFUSALS.insufficientStock:
      return {
        reason: 'INSUFFICIENT_STOCK',
        entry,
        facts: { stockDecision: { outcome: 'insufficient', ...refusal.details } },
        events: [{ topic: 'inventory-failed', reason: 'INSUFFICIENT_STOCK' }],
        mayLeaveMore: false,
      };
    case REFUSALS.paymentDeclined: {
      const { paymentId, code } = refusal.details;
      return {
        reason: 'PAYMENT_DECLINED',
        entry,
        facts: { paymentId },
        events: [{ topic: 'payment-failed', reason: code }],
        mayLeaveMore: false,
      };
    }
    case REFUSALS.deliveryRefused:
      return { reason: 'DELIVERY_REFUSED', entry, facts: {}, events: [], mayLeaveMore: false };
    // Only after a reset to before a compensation that had run; an operator's doing.
    case REFUSALS.compensated:
    case REFUSALS.alreadyDelivered:
      return { reason: 'OPERATOR_REQUEST', entry, facts: {}, events: [], mayLeaveMore: true };
  }
}
