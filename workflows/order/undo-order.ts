import type { OrderPatch } from '../../contracts/activities/order-activities.js';
import type { Order } from '../../contracts/http/orders.js';
import type { Compensation } from '../../contracts/saga-steps.js';
import type { Saga } from './saga.js';
import { showInSearch } from './operator-view.js';
import { compensationsOf } from './step-activities.js';
import { StepRefused, eventEntry } from './step-outcome.js';
import type { UndoCause } from './cancellation.js';

/**
 * Undoes what was done, the delivery first and the rest at once, and doesn't end before it is. False: nothing was undone,
 * because the order had been delivered already. For a scope that can't be cancelled.
 */
export async function undoOrder(saga: Saga, cause: UndoCause): Promise<boolean> {
  const { journal, compensations, cancellation, details } = saga;
  const registered = compensations.newestFirst;

  details.phase(`Is being undone: ${cause.reason}.`);
  if (cause.mayLeaveMore || registered.includes('cancel-delivery')) {
    await journal.record({}, cause.entry, cause.events);
    if (journal.order.status === 'COMPLETED' || journal.settledBefore.includes('await-delivery')) {
      cancellation.refuse();
      return false;
    }
    if (journal.wasReset && cause.mayLeaveMore) compensations.registerAll();
  }

  const { reason, note } = firstReason(journal.order, cause);
  const why: OrderPatch = { ...cause.facts, cancelReason: reason, cancelNote: note };
  const undecided: OrderPatch = journal.stockIsDecided ? {} : { stockDecision: { outcome: 'cancelled' } };
  const cancelling: OrderPatch = { ...why, status: 'CANCELLING' };
  const cancelled: OrderPatch = { ...undecided, ...why, status: 'CANCELLED', attention: null };
  const toldAtLast = { topic: 'order-cancelled', reason } as const;

  if (registered.length === 0) {
    await journal.record(cancelled, cause.entry, [...cause.events, toldAtLast]);
  } else {
    if (!registered.includes('cancel-delivery')) {
      await journal.record(cancelling, cause.entry, cause.events);
    } else if (!(await cancelDelivery(saga, cancelling))) {
      return false;
    }
    // Each on its own: a stuck refund doesn't hold up the release.
    await Promise.all(registered.map((compensation) => compensate(saga, compensation)));
    await journal.record(cancelled, eventEntry('cancelled', 'order-service', 'done'), [toldAtLast]);
  }
  showInSearch(journal.order, null);
  details.phase(`Cancelled, and undone: ${reason}.`);
  return true;
}

/** Before a reset another run may have begun to undo it, and have said why. */
function firstReason({ cancelReason, cancelNote }: Order, cause: UndoCause): Pick<UndoCause, 'reason' | 'note'> {
  return cancelReason === undefined ? cause : { reason: cancelReason, ...(cancelNote && { note: cancelNote }) };
}

/** The only compensation that can be refused, so it comes first, and the status moves only after it. */
async function cancelDelivery(saga: Saga, cancelling: OrderPatch): Promise<boolean> {
  const { journal, compensations, cancellation } = saga;
  try {
    await compensate(saga, 'cancel-delivery', cancelling);
    compensations.drop('cancel-delivery');
    return true;
  } catch (error) {
    if (!(error instanceof StepRefused)) throw error;
    await journal.record({}, error.entry);
    cancellation.refuse();
    return false;
  }
}

async function compensate({ services, input, step }: Saga, name: Compensation, patch: OrderPatch = {}): Promise<void> {
  await step(name, compensationsOf(services, input.order)[name], () => patch);
}
