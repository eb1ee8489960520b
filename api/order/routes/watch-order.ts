import { orderOperations } from '../../../contracts/http/order-operations.js';
import { isFinal } from '../../../contracts/order-status.js';
import { withOrderId } from '../../../platform/log-context.js';
import { watchOrder as watchStatus } from '../../../services/order/status-changes.js';
import { isOwnerOrAdmin, subjectOf } from '../../http/access.js';
import { ANSWERED, handle, reply } from '../../http/handle.js';
import { asSeenBy, orderForCaller } from '../order-for-caller.js';
import type { OrderContext } from '../service.js';

/** The order at each change of its status, up to the final one. */
export const watchOrder = ({ store, changes, listener, streams, auth }: OrderContext) =>
  handle(orderOperations.watchOrder, async ({ params: { id }, headers, caller, req, res }) => {
    const { order } = await orderForCaller(store, caller, id);
    const seen = lastEventId(headers['Last-Event-ID']);

    // The one answer after which a browser doesn't ask again.
    if (seen !== undefined && isFinal(order.status) && seen === (await changes.of(order)).at(-1)?.number)
      return reply(204, undefined, {});

    const mayHear = () => auth.stillValid(req, (principal) => isOwnerOrAdmin(principal, order.userId));
    await withOrderId(id, () =>
      streams.send(res, { id: subjectOf(caller), mayHear }, async function* (signal) {
        for await (const change of watchStatus({ changes, listener }, { order, seen, signal }))
          yield { id: change.number, data: asSeenBy(caller, change.order) };
      }),
    );
    return ANSWERED;
  });

/** undefined where there is none that we gave: then it is told from the start. */
const lastEventId = (header: string | undefined): number | undefined =>
  /^[1-9]\d{0,5}$/.test(header ?? '') ? Number(header) : undefined;
