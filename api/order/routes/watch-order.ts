import type { Router } from 'express';

import { orderOperations } from '../../../contracts/http/operations/orders.js';
import { isFinal } from '../../../contracts/order-status.js';
import { withOrderId } from '../../../platform/log-context.js';
import { watchOrder as watchStatus } from '../../../services/order/status-changes/watch-order.js';
import { isOwnerOrAdmin, principalOf, subjectOf } from '../../http/access.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';
import type { OrderContext } from '../context.js';
import { asSeenBy, orderForCaller } from '../order-for-caller.js';

const operation = orderOperations.watchOrder;

/** The order at each change of its status, up to the final one. */
export function watchOrder({ store, changes, listener, streams, auth }: OrderContext): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    const { order } = await orderForCaller(store, req, id);
    const seen = lastEventId(req.get('last-event-id'));

    // The one answer after which a browser doesn't ask again.
    if (seen !== undefined && isFinal(order.status) && seen === (await changes.of(order)).at(-1)?.number)
      return void res.status(204).end();

    const mayHear = () => auth.stillValid(req, (principal) => isOwnerOrAdmin(principal, order.userId));
    const caller = { id: subjectOf(principalOf(req)), mayHear };
    await withOrderId(id, () =>
      streams.send(res, caller, async function* (signal) {
        for await (const change of watchStatus({ changes, listener }, { order, seen, signal }))
          yield { id: change.number, data: asSeenBy(req, change.order) };
      }),
    );
  });
}

/** undefined where there is none that we gave: then it is told from the start. */
const lastEventId = (header: string | undefined): number | undefined =>
  /^[1-9]\d{0,5}$/.test(header ?? '') ? Number(header) : undefined;
