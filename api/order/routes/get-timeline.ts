import type { Router } from 'express';

import { orderOperations } from '../../../contracts/http/operations/orders.js';
import type { Timeline } from '../../../contracts/http/orders.js';
import { isAdmin, principalOf } from '../../http/access.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';
import { ACKNOWLEDGED } from '../../../contracts/timeline.js';
import type { OrderContext } from '../context.js';
import { orderForCaller } from '../order-for-caller.js';

const operation = orderOperations.getTimeline;

/** What operators write about an order is for operators. */
export function getTimeline({ store, timeline, auth }: OrderContext): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    await orderForCaller(store, req, id);
    const entries = await timeline.read(id);
    const shown = isAdmin(principalOf(req)) ? entries : entries.filter(isForAll).map(withoutOperator);
    const answer: Timeline = { items: shown };
    res.json(answer);
  });
}

type Entry = Timeline['items'][number];

const isForAll = ({ step }: Entry) => step !== ACKNOWLEDGED;
const withoutOperator = ({ operator: _hidden, ...entry }: Entry) => entry;
