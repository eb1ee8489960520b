import { orderOperations } from '../../../contracts/http/order-operations.js';
import type { Timeline } from '../../../contracts/http/orders.js';
import { workflowIdOf } from '../../../contracts/order-saga.js';
import { ACKNOWLEDGED } from '../../../contracts/timeline.js';
import { isAdmin } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { orderForCaller } from '../order-for-caller.js';
import { readSagaHistory, type SagaHistory } from '../saga-history.js';
import type { OrderContext } from '../service.js';

/** What operators write about an order is for operators, and so are the pages that they open. */
export const getTimeline = ({ store, timeline, temporal, pages, logger }: OrderContext) =>
  handle(orderOperations.getTimeline, async ({ params: { id }, caller }) => {
    await orderForCaller(store, caller, id);
    if (!isAdmin(caller)) return { items: (await timeline.read(id)).filter(isForAll).map(withoutOperator) };
    const [items, history] = await Promise.all([timeline.read(id), readSagaHistory(temporal, id, logger)]);
    return { items: history ? withHistory(items, history) : items, links: linksOf(pages, id, items) };
  });

type Entry = Timeline['items'][number];

/** The tries are of a step's latest round, so its last entry has them. Where a signal stands, by Temporal's clock, is about right. */
function withHistory(items: Entry[], { tries, signals }: SagaHistory): Entry[] {
  const lastOf = new Map(items.map((entry) => [entry.step, entry]));
  const entries = items.map((entry) => {
    const count = lastOf.get(entry.step) === entry ? tries.get(entry.step) : undefined;
    return count === undefined ? entry : { ...entry, tries: count };
  });
  for (const { request, at, sender, note } of signals) {
    const before = entries.findLastIndex((entry) => entry.at <= at);
    entries.splice(before + 1, 0, {
      ...{ at, step: request, service: 'order-service', outcome: 'asked', attempts: 1 },
      detail: 'through Temporal',
      operator: { id: sender, note },
    });
  }
  return entries;
}

const isForAll = ({ step }: Entry) => step !== ACKNOWLEDGED;
const withoutOperator = ({ operator: _hidden, ...entry }: Entry) => entry;

/** The trace is that of the request that placed the order: its first entry's. */
function linksOf(
  { workflow, trace, events }: OrderContext['pages'],
  orderId: string,
  [placed]: Entry[],
): Timeline['links'] {
  return {
    ...(workflow && { workflow: workflow.replaceAll('{workflowId}', workflowIdOf(orderId)) }),
    ...(trace && placed?.traceId && { trace: trace.replaceAll('{traceId}', placed.traceId) }),
    ...(events && { events: events.replaceAll('{orderId}', orderId) }),
  };
}
