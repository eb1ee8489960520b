import { sha256 } from '../../services/order/order-identity.js';
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
  type WorkflowClient,
  type WorkflowHandleWithFirstExecutionRunId,
  type WorkflowUpdateHandle,
  WorkflowFailedError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import {
  ACCEPTED_UPDATE_ID,
  CANCEL_UPDATE_ID,
  workflowIdOf,
  NOT_CANCELLABLE,
  ORDER_SAGA,
  REFUND_AND_RESTOCK,
  REFUND_PART,
  type CancelRequest,
  type OrderRefund,
  type OrderRefundAnswer,
  type SagaTimes,
} from '../../contracts/order-saga.js';
import type { Order } from '../../contracts/http/orders.js';
import type { OperatorRequest } from '../../contracts/timeline.js';
import { undoWorkflowIdOf } from '../../contracts/reconciliation.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import type { Logger } from '../../platform/logger.js';
import { untilDeadline } from '../../platform/temporal/client.js';
import { sagaStart } from '../../services/order/saga-start.js';
import type { StoredOrder } from '../../services/order/order-row.js';
import {
  accepted,
  approve,
  cancel,
  giveUp,
  initialSearchAttributes,
  reject,
  retry,
  settled,
} from '../../workflows/order/messages.js';
import type { Stall } from '../../contracts/saga-steps.js';
import { errorMessage } from '../../platform/error-message.js';

/** `unconfirmed`: Temporal did not answer; it may have heard it all the same. */
type Signalled = 'heard' | 'ended' | 'unconfirmed';

type Cancellation =
  | { outcome: 'undone'; order: Order }
  /** The undo takes longer; it is on its way and can't be lost. */
  | { outcome: 'accepted' }
  /** The carrier has it. */
  | { outcome: 'refused' }
  /** The workflow has ended; the row says how. */
  | { outcome: 'ended' }
  | { outcome: 'unreachable' };

/**
 * Each starts the order's workflow where none is known yet. One that is known and gone from Temporal, deleted or past
 * its retention, has ended: Temporal itself would start a second. Deadlines are in milliseconds since the epoch.
 */
export interface OrderSagas {
  /** undefined when Temporal can't be reached: the sweeper will start it. */
  start(stored: StoredOrder, deadline: number): Promise<void>;
  /** Waits for the stock decision; undefined when there is no answer to be had now, which says nothing about later. */
  whenStockIsDecided(stored: StoredOrder, deadline: number): Promise<Order | undefined>;
  /** Tells the workflow what an operator asks; or, where that has ended, the one that undoes the order. */
  tell(orderId: string, request: OperatorRequest, deadline: number): Promise<Signalled>;
  cancel(stored: StoredOrder, request: CancelRequest, deadline: number): Promise<Cancellation>;
  /** In a workflow of its own, beside the order's. `accepted`: it takes longer, and can't be lost. */
  refund(
    request: OrderRefund,
    deadline: number,
  ): Promise<OrderRefundAnswer | { outcome: 'accepted' } | { outcome: 'unreachable' }>;
}

type RefundPart = (request: OrderRefund) => Promise<OrderRefundAnswer>;

/** That long before the deadline of a call that waits. */
const TEMPORAL_ANSWERS_EARLY_MS = 2_000;

interface OrderSagasSettings {
  workflows: WorkflowClient;
  times: SagaTimes;
  logger: Logger;
}

export function createOrderSagas({ workflows, times, logger }: OrderSagasSettings): OrderSagas {
  const startOf = (stored: StoredOrder) => sagaStart(stored, { times, searchAttributesOf: initialSearchAttributes });
  // An operation can be used once only.
  const operationOf = (stored: StoredOrder) => new WithStartWorkflowOperation(ORDER_SAGA, startOf(stored));
  const knownOf = ({ order, workflowStartedAt }: StoredOrder) =>
    workflowStartedAt === null ? undefined : workflows.getHandle(workflowIdOf(order.id));

  const undoOf = ({ order }: StoredOrder) => workflows.getHandle(undoWorkflowIdOf(order.id));

  const say = (message: string, orderId: string, error: unknown): void => {
    logger.warn({ orderId, reason: errorMessage(error) }, message);
  };

  return {
    start: async (stored, deadline) => {
      try {
        await untilDeadline(workflows, deadline, () => workflows.start(ORDER_SAGA, startOf(stored)));
        crashPoint('place: workflow started');
      } catch (error) {
        if (!hasEnded(error)) say('workflow not started yet', stored.order.id, error);
      }
    },

    whenStockIsDecided: async (stored, deadline) => {
      const known = knownOf(stored);
      const updateId = ACCEPTED_UPDATE_ID;
      const ask = () =>
        known === undefined
          ? workflows.executeUpdateWithStart(accepted, { updateId, startWorkflowOperation: operationOf(stored) })
          : known.executeUpdate(accepted, { updateId });
      try {
        const order = await untilDeadline(workflows, deadline, ask);
        crashPoint('place: workflow started');
        return order;
      } catch (error) {
        if (!hasEnded(error)) say('stock not decided yet', stored.order.id, error);
        return undefined;
      }
    },

    tell: async (orderId, request, deadline) => {
      const signal = (workflowId: string) =>
        untilDeadline(workflows, deadline, () => workflows.getHandle(workflowId).signal(SIGNALS[request]));
      try {
        await orItsUndo(
          () => signal(workflowIdOf(orderId)),
          () => signal(undoWorkflowIdOf(orderId)),
        );
        return 'heard';
      } catch (error) {
        if (hasEnded(error)) return 'ended';
        say('an operator was not heard', orderId, error);
        return 'unconfirmed';
      }
    },

    cancel: async (stored, request, deadline) => {
      const options = {
        updateId: CANCEL_UPDATE_ID,
        args: [request] as [CancelRequest],
        waitForStage: WorkflowUpdateStage.ACCEPTED,
      } as const;
      const known = knownOf(stored);
      const ask = () =>
        known === undefined
          ? workflows.startUpdateWithStart(cancel, { ...options, startWorkflowOperation: operationOf(stored) })
          : known.startUpdate(cancel, options);
      const explain = (error: unknown, otherwise: Cancellation): Cancellation => {
        if (hasEnded(error)) return { outcome: 'ended' };
        if (isRefusal(error)) return { outcome: 'refused' };
        say('not cancelled yet', stored.order.id, error);
        return otherwise;
      };
      let update: WorkflowUpdateHandle<Order>;
      try {
        crashPoint('cancel: before asking');
        update = await orItsUndo(
          () => untilDeadline(workflows, deadline, ask),
          () => untilDeadline(workflows, deadline, () => undoOf(stored).startUpdate(cancel, options)),
        );
        crashPoint('cancel: asked');
      } catch (error) {
        return explain(error, { outcome: 'unreachable' });
      }
      try {
        const order = await untilDeadline(workflows, deadline, () => update.result());
        crashPoint('cancel: undone');
        return { outcome: 'undone', order };
      } catch (error) {
        return explain(error, { outcome: 'accepted' });
      }
    },

    refund: async (request, deadline) => {
      const { operationId, orderId, amount, reason, restock } = request;
      // Another body under the same key is another workflow, which finds that the operation is not its own.
      const asked = sha256(JSON.stringify([amount, reason, ...(restock ? [restock] : [])])).slice(0, 16);
      let refund: WorkflowHandleWithFirstExecutionRunId<RefundPart>;
      crashPoint('give back: before asking');
      try {
        refund = await untilDeadline(workflows, deadline, () =>
          workflows.start<RefundPart>(restock ? REFUND_AND_RESTOCK : REFUND_PART, {
            workflowId: `refund-${operationId}-${asked}`,
            taskQueue: TASK_QUEUES.order,
            args: [request],
            workflowIdConflictPolicy: 'USE_EXISTING',
            // One that has ended finds in the books what became of it.
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            staticSummary: `gives ${amount} of order ${orderId} back`,
          }),
        );
      } catch (error) {
        say('not refunded yet', orderId, error);
        return { outcome: 'unreachable' };
      }
      crashPoint('give back: workflow started');
      try {
        // Temporal answers a wait whose deadline is near at once and with nothing, and the client asks it again and again.
        return await untilDeadline(workflows, deadline, () => refund.result(), deadline + TEMPORAL_ANSWERS_EARLY_MS);
      } catch (error) {
        say('the refund takes longer', orderId, error);
        // One that was ended from outside goes on only when it is asked for again.
        return { outcome: error instanceof WorkflowFailedError ? 'unreachable' : 'accepted' };
      }
    },
  };
}

/** An order whose own workflow has ended without it may be being undone by another, which hears the same. */
async function orItsUndo<T>(ask: () => Promise<T>, askItsUndo: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!hasEnded(error)) throw error;
    return askItsUndo();
  }
}

/** None has to carry anything, so that both of Temporal's command lines can send them too. */
export const SIGNALS = { retry, 'give-up': giveUp, settled, approve, reject } as const satisfies Record<
  OperatorRequest,
  unknown
>;

/** A workflow that ended gets no second run, is gone some time later, and may end while an update is under way. */
function hasEnded(error: unknown): boolean {
  return error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError;
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  return error.cause instanceof ApplicationFailure && error.cause.type === NOT_CANCELLABLE;
}

const UNHEARING: readonly string[] = ['WorkflowTaskFails', 'WorkflowTaskWaits', 'WorkflowNotStarted'] satisfies Stall[];

/** Its workflow is there, or will be, but answers nobody: seen from outside. */
export function hearsNothing({ attention }: Order): boolean {
  return attention?.step === 'saga' && UNHEARING.includes(attention.error);
}
