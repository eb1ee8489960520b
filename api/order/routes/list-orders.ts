import { Router } from 'express';

import { ordersQuerySchema } from '../../../contracts/http/orders.js';
import { listOwner } from '../../http/access.js';
import { readCursor, toPage } from '../../http/pagination.js';
import { parseQuery } from '../../http/validate.js';
import type { OrderContext } from '../context.js';

/** Newest first. An admin who names no user sees everybody's. */
export function listOrders({ store, auth }: OrderContext): Router {
  return Router().get('/orders', auth.required, async (req, res) => {
    const { userId, status, needsAttention, limit, cursor } = parseQuery(ordersQuerySchema, req);
    const filter = { userId: listOwner(req, userId), status, needsAttention };
    const rows = await store.list(filter, limit + 1, readCursor(cursor));
    const positionOf = ({ order }: (typeof rows)[number]) => ({ createdAt: new Date(order.createdAt), id: order.id });
    res.json(toPage(rows, limit, positionOf, ({ order }) => order));
  });
}
