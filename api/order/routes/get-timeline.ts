import { orderOperations } from '../../../contracts/http/order-operations.js';
import type { Timeline } from '../../../contracts/http/orders.js';
import { ACKNOWLEDGED } from '../../../contracts/timeline.js';
import { isAdmin } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { orderForCaller } from '../order-for-caller.js';
import type { OrderContext } from '../service.js';

/** What operators write about an order is for operators. */
export const getTimeline = ({ store, timeline }: OrderContext) =>
  handle(orderOperations.getTimeline, async ({ params: { id }, caller }) => {
    await orderForCaller(store, caller, id);
    const entries = await timeline.read(id);
    return { items: isAdmin(caller) ? entries : entries.filter(isForAll).map(withoutOperator) };
  });

type Entry = Timeline['items'][number];

const isForAll = ({ step }: Entry) => step !== ACKNOWLEDGED;
const withoutOperator = ({ operator: _hidden, ...entry }: Entry) => entry;
