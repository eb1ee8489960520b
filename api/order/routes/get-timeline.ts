import { orderOperations } from '../../../contracts/http/order-operations.js';
import type { Timeline } from '../../../contracts/http/orders.js';
import { workflowIdOf } from '../../../contracts/order-saga.js';
import { ACKNOWLEDGED } from '../../../contracts/timeline.js';
import { isAdmin } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { orderForCaller } from '../order-for-caller.js';
import type { OrderContext } from '../service.js';

/** What operators write about an order is for operators, and so are the pages that they open. */
export const getTimeline = ({ store, timeline, pages }: OrderContext) =>
  handle(orderOperations.getTimeline, async ({ params: { id }, caller }) => {
    await orderForCaller(store, caller, id);
    const items = await timeline.read(id);
    return isAdmin(caller)
      ? { items, links: linksOf(pages, id, items) }
      : { items: items.filter(isForAll).map(withoutOperator) };
  });

type Entry = Timeline['items'][number];

const isForAll = ({ step }: Entry) => step !== ACKNOWLEDGED;
const withoutOperator = ({ operator: _hidden, ...entry }: Entry) => entry;

/** The trace is that of the request that placed the order: its first entry's. */
function linksOf({ workflow, trace }: OrderContext['pages'], orderId: string, [placed]: Entry[]): Timeline['links'] {
  return {
    ...(workflow && { workflow: workflow.replaceAll('{workflowId}', workflowIdOf(orderId)) }),
    ...(trace && placed?.traceId && { trace: trace.replaceAll('{traceId}', placed.traceId) }),
  };
}
