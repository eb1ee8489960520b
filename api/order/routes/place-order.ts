import type { Router } from 'express';
import { orderOperations } from '../../../contracts/http/operations/orders.js';
import { withOrderId } from '../../../platform/log-context.js';
import { route } from '../../http/route.js';
import type { OrderContext } from '../context.js';
import { decideAnswer, sendAnswer } from '../placing/answer.js';
import { findReplay, readOrderRequest, writeOrder } from '../placing/place-order.js';

/** The order's row is written before its workflow is started: from then on it can't be lost, and a repeat finds it. */
export function placeOrder(context: OrderContext): Router {
  return route(orderOperations.placeOrder, context, async (req, res) => {
    const deadline = Date.now() + context.orderWaitMs;
    const request = readOrderRequest(req);
    const replay = await findReplay(context.store, request);
    const { placed, stored } = replay ?? (await writeOrder(context, request));
    const answer = await withOrderId(stored.order.id, () =>
      decideAnswer(context, { stored, placed, respondAsync: request.respondAsync, deadline }),
    );
    sendAnswer(res, answer, { replayed: !placed });
  });
}
