import { orderOperations } from '../../../contracts/http/order-operations.js';
import type { Order } from '../../../contracts/http/orders.js';
import {
  STEPS,
  compensationOf,
  isCompensation,
  type ShownAttentionStep,
  type Stall,
} from '../../../contracts/saga-steps.js';
import type { OperatorRequest } from '../../../contracts/timeline.js';
import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import { withOrderId } from '../../../platform/log-context.js';
import { activeTraceId } from '../../../platform/telemetry/trace-context.js';
import { subjectOf } from '../../http/access.js';
import { handle, reply, type Call } from '../../http/handle.js';
import { conflict, serviceUnavailable, type ProblemError } from '../../http/problem.js';
import { hearsNothing } from '../order-sagas.js';
import { orderForCaller } from '../order-for-caller.js';
import type { OrderContext } from '../service.js';

export const retryOrder = (context: OrderContext) =>
  handle(orderOperations.retryOrder, (call) => ask('retry', context, call));
export const giveUpOrder = (context: OrderContext) =>
  handle(orderOperations.giveUpOrder, (call) => ask('give-up', context, call));
export const settleOrder = (context: OrderContext) =>
  handle(orderOperations.settleOrder, (call) => ask('settled', context, call));
export const reviewOrder = (context: OrderContext) =>
  handle(orderOperations.reviewOrder, (call) => ask(call.body.decision, context, call));

/** How long Temporal is waited for. */
const answerLimitMs = 5_000;

/**
 * What an operator asks of an order that needs attention, or waits for review: written down with who and why, then told
 * to the Saga, then confirmed. Cut off in between it stays `unconfirmed`, and the caller has no 202. To ask again is
 * harmless for `retry`, `give-up` and a decision, of which the first counts; `settled` answers for whatever waits when it
 * is heard, so operators are told to look first.
 */
async function ask(
  request: OperatorRequest,
  { store, timeline, sagas, logger }: OrderContext,
  {
    params: { id },
    body: { note },
    caller,
  }: Pick<Call<typeof orderOperations.retryOrder>, 'params' | 'body' | 'caller'>,
) {
  const refusal = whyNot(request, (await orderForCaller(store, caller, id)).order);
  if (refusal !== undefined) throw refusal;

  const operator = subjectOf(caller);
  await withOrderId(id, async () => {
    crashPoint('ask: before the row');
    const key = await timeline.operatorAsks({ orderId: id, request, operator, note, traceId: activeTraceId() });
    crashPoint('ask: row written');
    const signalled = await sagas.tell(id, request, Date.now() + answerLimitMs);
    switch (signalled) {
      case 'heard':
        crashPoint('ask: Saga told');
        await timeline.confirm(id, key, 'asked');
        crashPoint('ask: confirmed');
        return logger.info({ orderId: id, request, operator }, 'operator asked');
      case 'ended':
        await timeline.confirm(id, key, 'refused');
        throw conflict('workflow-ended', 'The workflow of this order has ended, so nothing in it waits.');
      case 'unconfirmed':
        throw serviceUnavailable(
          'saga-unavailable',
          'It is not known whether the request reached the order. Check the order, and send it again if nothing has changed.',
        );
    }
  });
  const { order } = await orderForCaller(store, caller, id);
  return reply(202, order, { Location: `/orders/${id}` });
}

function whyNot(request: OperatorRequest, order: Order): ProblemError | undefined {
  if (request === 'approve' || request === 'reject') return whyNotReviewed(order);
  const { needsAttention, attention } = order;
  if (!needsAttention || attention === undefined)
    return conflict('attention-not-needed', 'This order does not need attention.');
  const isKept = request === 'give-up' && attention.error !== ('WorkflowNotStarted' satisfies Stall);
  if (hearsNothing(order) && !isKept) return serviceUnavailable('saga-unavailable', NOT_NOW);
  if (request !== 'give-up') return undefined;
  return order.status === 'CANCELLING' ? beingUndone() : noWayBack(attention.step);
}

/** A decision is right whenever it is heard: Temporal keeps it. */
function whyNotReviewed({ review }: Order): ProblemError | undefined {
  if (review === 'WAITING') return undefined;
  const why = review === undefined ? 'This order does not wait for review.' : `This order was reviewed: ${review}.`;
  return conflict('review-not-needed', why);
}

/** What would be answered for is not known then. A request to undo it is right whenever it is heard: Temporal keeps it. */
const NOT_NOW =
  'The workflow of this order is stuck, so the request was not sent. Fix the cause first, as the runbook says, then check ' +
  'the order again.';

/** Of the steps, those of the undo and the one after delivery can't be given up while they wait. */
function noWayBack(step: ShownAttentionStep): ProblemError | undefined {
  if (isCompensation(step)) return beingUndone();
  return step in STEPS && compensationOf(step) === undefined
    ? conflict('not-cancellable', 'The order was delivered. The waiting step can be retried or settled.')
    : undefined;
}

function beingUndone(): ProblemError {
  return conflict('already-being-undone', 'The order is being cancelled. The waiting step can be retried or settled.');
}
