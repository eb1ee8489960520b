import { Router } from 'express';
import { deliveriesQuerySchema } from '../../../contracts/http/deliveries.js';
import { listOwner } from '../../http/access.js';
import { readCursor, toPage } from '../../http/pagination.js';
import { parseQuery } from '../../http/validate.js';
import type { DeliveryContext } from '../context.js';

/** GET /deliveries?orderId=: the caller's own, newest first; an admin sees everybody's. */
export function listDeliveries({ auth, deliveries }: DeliveryContext): Router {
  return Router().get('/deliveries', auth.required, async (req, res) => {
    const { orderId, limit, cursor } = parseQuery(deliveriesQuerySchema, req);
    const userId = listOwner(req, undefined);
    const found = await deliveries.list({ userId, orderId, after: readCursor(cursor), limit: limit + 1 });
    res.json(
      toPage(
        found,
        limit,
        ({ createdAt, id }) => ({ createdAt: new Date(createdAt), id }),
        (delivery) => delivery,
      ),
    );
  });
}
