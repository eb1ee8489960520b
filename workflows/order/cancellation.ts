import type { OrderPatch, OrderProgress, TimelineEntry } from '../../contracts/activities/order-activities.js';
import { REFUSALS } from '../../contracts/refusals.js';
import type { ShownState } from '../../contracts/http/orders.js';
import type { CancelReason } from '../../contracts/order-status.js';
import { StepRefused, StepTooLate, eventEntry } from './step-outcome.js';
import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { COMPENSATIONS, compensationOf, type Compensation, type SagaStep } from '../../contracts/saga-steps.js';

/** Why an order is undone, and what its row, its timeline and Kafka are told of it. */
export interface UndoCause {
  reason: CancelReason;
  /** In the words of whoever asked. */
  note?: string;
  entry: TimelineEntry;
  facts: Pick<OrderPatch, 'paymentId' | 'stockDecision' | 'review'>;
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

export const REJECTED: UndoCause = {
  reason: 'REVIEW_REJECTED',
  entry: eventEntry('review', 'order-service', 'refused', 'rejected'),
  facts: { review: 'REJECTED' },
  events: [],
  // A run of before the review, which a reset has ended, may have charged it.
  mayLeaveMore: true,
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
function notPaidInTime({ entry }: StepTooLate): UndoCause {
  const reason = 'PAYMENT_TIMEOUT';
  return { reason, entry, facts: {}, events: [{ topic: 'payment-failed', reason }], mayLeaveMore: true };
}

function refusedBy({ refusal, entry }: StepRefused): UndoCause {
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

/** Lets a request to cancel the order, or a refusal, end its story wherever that is. */
export class Cancellation {
  readonly #story = new CancellationScope();
  #requested: UndoCause | undefined;
  #refused = false;

  /** The first request counts. Temporal's own cancellation needs none: it ends the scope from outside. */
  request(cause: UndoCause): void {
    this.#requested ??= cause;
    this.#story.cancel();
  }

  /** Delivered already: nothing may be undone any more. */
  refuse(): void {
    this.#refused = true;
  }

  get wasRefused(): boolean {
    return this.#refused;
  }

  /** Runs the story to its end, and says why the order has to be undone, if it has to. */
  async during(story: () => Promise<UndoCause | undefined>): Promise<UndoCause | undefined> {
    try {
      return await this.#story.run(story);
    } catch (error) {
      if (error instanceof StepRefused) return refusedBy(error);
      if (error instanceof StepTooLate) return notPaidInTime(error);
      if (this.#story.consideredCancelled) return this.#requested ?? requestedBy('operator');
      throw error;
    }
  }
}

/**
 * What has to be undone if the order is. Each is registered before its step runs, because a step that timed out may
 * have happened all the same; undoing what never happened is harmless, and makes the late step refuse.
 */
export class Compensations {
  readonly #registered: Compensation[] = [];

  /** Throws a cancellation when the order is being called off: then the step must not begin. */
  registerFor(step: SagaStep): void {
    const compensation = compensationOf(step);
    if (compensation === undefined) return;
    stopIfCancelled();
    // What undoes two steps is run once, where it was due first.
    if (!this.#registered.includes(compensation)) this.#registered.unshift(compensation);
  }

  /** Where it isn't known what another run, or a workflow that is gone, had begun. */
  registerAll(): void {
    this.#registered.splice(0, this.#registered.length, ...[...COMPENSATIONS].reverse());
  }

  /** The step never will have happened: its service refused it, and wrote that down. */
  dropFor(step: SagaStep): void {
    const compensation = compensationOf(step);
    if (compensation !== undefined) this.drop(compensation);
  }

  drop(compensation: Compensation): void {
    const at = this.#registered.indexOf(compensation);
    if (at >= 0) this.#registered.splice(at, 1);
  }

  get newestFirst(): readonly Compensation[] {
    return this.#registered;
  }
}

/** Throws a cancellation when the order is being called off: then nothing may begin. */
export function stopIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The order is called off');
}
