import type { Router } from 'express';

import { orderOperations } from '../../../contracts/http/operations/orders.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';
import type { OrderContext } from '../context.js';
import { asSeenBy, orderForCaller } from '../order-for-caller.js';

const operation = orderOperations.getOrder;

export function getOrder({ store, auth }: OrderContext): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    const { order } = await orderForCaller(store, req, id);
    res.json(asSeenBy(req, order));
  });
}
