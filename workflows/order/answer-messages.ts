import { ApplicationFailure, CancellationScope, condition, patched, setHandler } from '@temporalio/workflow';
import type { DeliveryUpdate } from '../../contracts/activities/delivery-activities.js';
import { NOT_CANCELLABLE, type CancelRequest } from '../../contracts/order-saga.js';
import { isFinal } from '../../contracts/order-status.js';
import {
  accepted,
  approve,
  cancel,
  deliveryUpdate,
  giveUp,
  orderQuery,
  paymentChanged,
  reject,
  retry,
  settled,
} from './messages.js';
import { PATCHES } from './patches.js';
import type { Saga } from './saga.js';
import { requestedBy } from './cancellation.js';

/** What customers, operators and the carrier may say and ask while the order runs. */
export function answerMessages(saga: Saga): void {
  const { journal, carrier, attention, cancellation, review, payment } = saga;

  setHandler(orderQuery, () => journal.order);

  setHandler(accepted, async () => {
    await evenIfCancelled(() => journal.stockIsDecided);
    return journal.order;
  });

  setHandler(
    cancel,
    async ({ by, note }: CancelRequest) => {
      cancellation.request(requestedBy(by, note));
      await evenIfCancelled(() => isFinal(journal.order.status) || cancellation.wasRefused);
      if (journal.order.status !== 'CANCELLED') throw notCancellable();
      return journal.order;
    },
    { validator: (request?: CancelRequest | null) => mayBeCancelled(saga, request) },
  );

  setHandler(deliveryUpdate, (update?: DeliveryUpdate) => {
    if (carrier.knows(update) && patched(PATCHES.repeatsSayNothing)) return;
    carrier.hear(update);
  });
  setHandler(paymentChanged, () => {
    payment.news += 1;
    attention.wake('charge-payment');
    attention.wake('capture-payment');
  });
  setHandler(retry, () => attention.answer('retry'));
  setHandler(settled, () => attention.answer('settled'));
  setHandler(approve, () => review.decide('approve'));
  setHandler(reject, () => review.decide('reject'));
  // Also in transit: an operator may have talked to the carrier. It is the carrier who then says no.
  setHandler(giveUp, () => cancellation.request(requestedBy('operator')));
}

/** Throws NotCancellable. An order that is being undone, or is undone, may be: whoever asks gets what they want. */
function mayBeCancelled({ journal, carrier }: Saga, request: CancelRequest | null | undefined): void {
  if (!request) throw ApplicationFailure.nonRetryable('Says not who asks', 'InvalidCancelRequest');
  // The row could never take it, so the undo would wait for ever.
  if (request.note?.includes('\0')) throw ApplicationFailure.nonRetryable('The note has a NUL', 'InvalidCancelRequest');
  const { status } = journal.order;
  if (status === 'CANCELLING' || status === 'CANCELLED') return;
  if (status === 'COMPLETED' || carrier.hasTheGoods) throw notCancellable();
}

function notCancellable(): ApplicationFailure {
  return ApplicationFailure.nonRetryable('The carrier has the goods', NOT_CANCELLABLE);
}

/** An answer still has to be given while Temporal's own cancellation undoes the order. */
function evenIfCancelled(sentence: () => boolean): Promise<void> {
  return CancellationScope.nonCancellable(() => condition(sentence));
}
