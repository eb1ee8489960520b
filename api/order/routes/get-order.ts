import type { Router } from 'express';

import { orderOperations } from '../../../contracts/http/operations/orders.js';
import { requireOwnerOrAdmin } from '../../http/access.js';
import { notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';
import type { OrderContext } from '../context.js';

const operation = orderOperations.getOrder;

export function getOrder({ store, auth }: OrderContext): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    const stored = await store.find(id);
    if (stored === undefined) throw notFound();
    requireOwnerOrAdmin(req, stored.order.userId);
    res.json(stored.order);
  });
}
