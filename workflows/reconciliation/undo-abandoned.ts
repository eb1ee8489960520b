import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/common';
import { ParentClosePolicy, sleep, startChild } from '@temporalio/workflow';
import type { OrderRecord } from '../../contracts/activities/reconciliation.js';
import { UNDO_ABANDONED_ORDER, undoWorkflowIdOf } from '../../contracts/reconciliation.js';
import { initialSearchAttributes } from '../order/operator-view.js';
import { order } from './services.js';
import type { undoAbandonedOrder } from './undo-abandoned-order.js';

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
