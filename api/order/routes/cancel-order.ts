import type { Request, Router } from 'express';

import { orderOperations } from '../../../contracts/http/operations/orders.js';
import type { Order } from '../../../contracts/http/orders.js';
import type { CancelRequest } from '../../../contracts/order-saga.js';
import { withOrderId } from '../../../platform/log-context.js';
import { principalOf } from '../../http/access.js';
import { conflict, notFound, serviceUnavailable } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody, parseParams } from '../../http/validate.js';
import type { OrderContext } from '../context.js';
import { hearsNothing } from '../hears-nothing.js';
import { asSeenBy, orderForCaller } from '../order-for-caller.js';

const operation = orderOperations.cancelOrder;

/** How long an answer waits for the undo. */
const undoWaitMs = 5_000;

export function cancelOrder({ store, sagas, auth }: OrderContext): Router {
  const orderNow = async (id: string): Promise<Order> => {
    const stored = await store.find(id);
    if (stored === undefined) throw notFound();
    return stored.order;
  };

  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    const stored = await orderForCaller(store, req, id);
    const { note } = parseBody(operation.body, req);
    const send = (order: Order) => void res.json(asSeenBy(req, order));
    if (stored.order.status === 'CANCELLED') return send(stored.order);
    if (stored.order.status === 'COMPLETED') throw notCancellable();

    const request: CancelRequest = { by: askedBy(req, stored.order), ...(note === undefined ? {} : { note }) };
    const deadline = Date.now() + undoWaitMs;
    const cancellation = await withOrderId(id, () => sagas.cancel(stored, request, deadline));
    if (cancellation.outcome === 'undone') return send(cancellation.order);
    // Whatever became of the question: its workflow may have ended meanwhile, which the row knows first.
    const order = await orderNow(id);
    if (order.status === 'CANCELLED') return send(order);
    if (order.status === 'COMPLETED') throw notCancellable();
    switch (cancellation.outcome) {
      case 'accepted':
        res.status(202).location(`/orders/${id}`);
        return send(order);
      case 'ended':
        throw conflict('workflow-ended', ENDED);
      case 'refused':
        throw notCancellable();
      case 'unreachable':
        throw serviceUnavailable('cancel-unavailable', hearsNothing(order) ? UNHEARD : UNREACHABLE);
    }
  });
}

function askedBy(req: Request, { userId }: Order): CancelRequest['by'] {
  const principal = principalOf(req);
  return principal.kind === 'user' && principal.userId === userId ? 'customer' : 'operator';
}

const ENDED = 'The workflow of this order has ended too early: an operator has to reconcile it.';
const UNREACHABLE = 'The order can not be cancelled right now. Try again.';
const UNHEARD =
  'The order was not cancelled: its workflow is stuck, and operators can see that. Try again once the order does not ' +
  'need attention any more.';

const notCancellable = () => conflict('not-cancellable', 'The carrier has the order, or it was already delivered.');
