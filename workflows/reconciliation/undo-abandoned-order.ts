import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { Order } from '../../contracts/http/orders.js';
import type { OrderSagaInput } from '../../contracts/order-saga.js';
import type { CancelReason } from '../../contracts/order-status.js';
import { answerMessages } from '../order/answer-messages.js';
import { completeOrder } from '../order/order-saga.js';
import { openSaga } from '../order/saga.js';
import { requestedBy } from '../order/cancellation.js';
import { undoOrder } from '../order/undo-order.js';

/**
 * Undoes an order whose own workflow was terminated or deleted, with the Saga's own compensations, however far it had
 * come: undoing what never happened is harmless. What was delivered already is completed instead.
 */
export async function undoAbandonedOrder(input: OrderSagaInput, reason: CancelReason): Promise<Order> {
  const saga = openSaga(input);
  answerMessages(saga);
  await CancellationScope.nonCancellable(async () => {
    // What had waited in the workflow that is gone waits no longer.
    saga.journal.recordWithTheNext({ attention: null });
    saga.compensations.registerAll();
    const undone = await undoOrder(saga, { ...requestedBy('operator'), reason });
    if (!undone) await completeOrder(saga);
    await condition(allHandlersFinished);
  });
  return saga.journal.order;
}
