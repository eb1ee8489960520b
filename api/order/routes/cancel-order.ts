import { orderOperations } from '../../../contracts/http/order-operations.js';
import type { Order } from '../../../contracts/http/orders.js';
import type { CancelRequest } from '../../../contracts/order-saga.js';
import { withOrderId } from '../../../platform/log-context.js';
import { isUser, type Principal } from '../../http/access.js';
import { handle, reply } from '../../http/handle.js';
import { conflict, notFound, serviceUnavailable } from '../../http/problem.js';
import { hearsNothing } from '../order-sagas.js';
import { asSeenBy, orderForCaller } from '../order-for-caller.js';
import type { OrderContext } from '../service.js';

/** How long an answer waits for the undo. */
const undoWaitMs = 5_000;

export function cancelOrder({ store, sagas }: OrderContext) {
  const orderNow = async (id: string): Promise<Order> => {
    const stored = await store.find(id);
    if (stored === undefined) throw notFound();
    return stored.order;
  };

  return handle(orderOperations.cancelOrder, async (call) => {
    const { caller } = call;
    const { id } = call.params;
    const stored = await orderForCaller(store, caller, id);
    const { note } = call.body;
    if (stored.order.status === 'CANCELLED') return asSeenBy(caller, stored.order);
    if (stored.order.status === 'COMPLETED') throw notCancellable();

    const request: CancelRequest = { by: askedBy(caller, stored.order), ...(note === undefined ? {} : { note }) };
    const deadline = Date.now() + undoWaitMs;
    const cancellation = await withOrderId(id, () => sagas.cancel(stored, request, deadline));
    if (cancellation.outcome === 'undone') return asSeenBy(caller, cancellation.order);
    // Whatever became of the question: its workflow may have ended meanwhile, which the row knows first.
    const order = await orderNow(id);
    if (order.status === 'CANCELLED') return asSeenBy(caller, order);
    if (order.status === 'COMPLETED') throw notCancellable();
    switch (cancellation.outcome) {
      case 'accepted':
        return reply(202, asSeenBy(caller, order), { Location: `/orders/${id}` });
      case 'ended':
        throw conflict('workflow-ended', ENDED);
      case 'refused':
        throw notCancellable();
      case 'unreachable':
        throw serviceUnavailable('cancel-unavailable', hearsNothing(order) ? UNHEARD : UNREACHABLE);
    }
  });
}

const askedBy = (caller: Principal, { userId }: Order): CancelRequest['by'] =>
  isUser(caller, userId) ? 'customer' : 'operator';

const ENDED = 'The workflow of this order has ended too early: an operator has to reconcile it.';
const UNREACHABLE = 'The order can not be cancelled right now. Try again.';
const UNHEARD =
  'The order was not cancelled: its workflow is stuck, and operators can see that. Try again once the order does not ' +
  'need attention any more.';

const notCancellable = () => conflict('not-cancellable', 'The carrier has the order, or it was already delivered.');
