import {
  allHandlersFinished,
  CancellationScope,
  condition,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import type { Order } from '../../contracts/http/orders.js';
import type { OrderSagaInput } from '../../contracts/order-saga.js';
import type { CancelReason } from '../../contracts/order-status.js';
import { answerMessages } from '../order/answer-messages.js';
import { completeOrder } from '../order/order-saga.js';
import { openSaga } from '../order/saga.js';
import { requestedBy } from '../order/cancellation.js';
import { undoOrder } from '../order/undo-order.js';
import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/common';
import type { OrderRecord } from '../../contracts/activities/reconciliation.js';
import { UNDO_ABANDONED_ORDER, undoWorkflowIdOf } from '../../contracts/reconciliation.js';
import { initialSearchAttributes } from '../order/operator-view.js';
import { order } from './gather-records.js';

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

/** Undoes an order in a workflow of its own, which outlives the reconciliation: a refund may have to wait for days. */
export async function undoAbandoned({ orderId, cancelReason }: OrderRecord, patienceMs: number): Promise<string> {
  const input = await order.orderSagaInput(orderId);
  const workflowId = undoWorkflowIdOf(orderId);
  try {
    const undo = await startChild<typeof undoAbandonedOrder>(UNDO_ABANDONED_ORDER, {
      workflowId,
      args: [input, cancelReason ?? 'OPERATOR_REQUEST'],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      // One that was terminated itself is followed by another: nothing in it may only happen once.
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      typedSearchAttributes: initialSearchAttributes(input.order),
    });
    const ended = await Promise.race([undo.result(), sleep(patienceMs)]);
    return ended === undefined ? `is being undone by ${workflowId}` : `is ${ended.status}, by ${workflowId}`;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return `is being undone by ${workflowId}`;
  }
}
