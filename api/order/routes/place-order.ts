import { orderOperations } from '../../../contracts/http/order-operations.js';
import type { InsufficientStock } from '../../../contracts/refusals.js';
import { counter, histogram } from '../../../platform/metrics.js';
import { withOrderId } from '../../../platform/log-context.js';
import { handle } from '../../http/handle.js';
import { decideAnswer, toReply } from '../placing/answer.js';
import { findReplay, type Placed, priceOrder, readOrderRequest, writeOrder } from '../placing/place-order.js';
import type { OrderContext } from '../service.js';

/** The order's row is written before its workflow is started: from then on it can't be lost, and a repeat finds it. */
export const placeOrder = (context: OrderContext) => {
  // From the start, as the order worker does.
  counter(context.metrics.registry, 'orders_finished_total');
  histogram(context.metrics.registry, 'order_decision_duration_seconds');
  const acceptance = histogram(context.metrics.registry, 'order_acceptance_duration_seconds');
  return handle(orderOperations.placeOrder, async (call) => {
    const hasAnswered = acceptance.startTimer();
    const deadline = Date.now() + context.orderWaitMs;
    const request = readOrderRequest(call);
    const { respondAsync } = request;
    const decide = async ({ placed, stored }: Placed) => {
      const asked = { stored, placed, respondAsync, deadline };
      return { placed, answer: await withOrderId(stored.order.id, () => decideAnswer(context, asked)) };
    };
    const place = async () => {
      const order = await priceOrder(context, request);
      const write = async (shortage?: InsufficientStock) => decide(await writeOrder(context, request, order, shortage));
      const [line, ...others] = order.lines;
      if (line === undefined || others.length > 0 || respondAsync) return write();
      return context.admission.admit(line, deadline - context.orderWaitMs / 2, write);
    };
    const replay = await findReplay(context.store, request);
    const { placed, answer } = await (replay ? decide(replay) : place());
    hasAnswered({ answer: placed ? (answer.kind === 'accepted' ? 'undecided' : 'decided') : 'repeated' });
    return toReply(answer, { caller: call.caller, replayed: !placed });
  });
};
