import { orderOperations } from '../../../contracts/http/order-operations.js';
import { histogram } from '../../../platform/metrics.js';
import { withOrderId } from '../../../platform/log-context.js';
import { handle } from '../../http/handle.js';
import { decideAnswer, toReply } from '../placing/answer.js';
import { findReplay, readOrderRequest, writeOrder } from '../placing/place-order.js';
import type { OrderContext } from '../service.js';

/** The order's row is written before its workflow is started: from then on it can't be lost, and a repeat finds it. */
export const placeOrder = (context: OrderContext) => {
  const acceptance = histogram(context.metrics.registry, 'order_acceptance_duration_seconds');
  return handle(orderOperations.placeOrder, async (call) => {
    const hasAnswered = acceptance.startTimer();
    const deadline = Date.now() + context.orderWaitMs;
    const request = readOrderRequest(call);
    const replay = await findReplay(context.store, request);
    const { placed, stored } = replay ?? (await writeOrder(context, request));
    const answer = await withOrderId(stored.order.id, () =>
      decideAnswer(context, { stored, placed, respondAsync: request.respondAsync, deadline }),
    );
    hasAnswered({ answer: placed ? (answer.kind === 'accepted' ? 'undecided' : 'decided') : 'repeated' });
    return toReply(answer, { caller: call.caller, replayed: !placed });
  });
};
