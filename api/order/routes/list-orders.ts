import type { Router } from 'express';

import { orderOperations } from '../../../contracts/http/operations/orders.js';
import { listOwner } from '../../http/access.js';
import { readCursor, toPage } from '../../http/pagination.js';
import { route } from '../../http/route.js';
import { parseQuery } from '../../http/validate.js';
import type { OrderContext } from '../context.js';
import { asSeenBy } from '../order-for-caller.js';

const operation = orderOperations.listOrders;

/** Newest first. An admin who names no user sees everybody's. */
export function listOrders({ store, auth }: OrderContext): Router {
  return route(operation, { auth }, async (req, res) => {
    const { userId, status, needsAttention, limit, cursor } = parseQuery(operation.query, req);
    const filter = { userId: listOwner(req, userId), status, needsAttention };
    const rows = await store.list(filter, limit + 1, readCursor(cursor));
    const positionOf = ({ order }: (typeof rows)[number]) => ({ createdAt: new Date(order.createdAt), id: order.id });
    res.json(toPage(rows, limit, positionOf, ({ order }) => asSeenBy(req, order)));
  });
}
