import { Router } from 'express';
import { paymentsQuerySchema } from '../../../contracts/http/payments.js';
import { listOwner } from '../../http/access.js';
import { readCursor, toPage } from '../../http/pagination.js';
import { parseQuery } from '../../http/validate.js';
import type { PaymentContext } from '../context.js';

/** GET /payments?orderId=: the caller's own, newest first; an admin sees everybody's. */
export function listPayments({ auth, payments }: PaymentContext): Router {
  return Router().get('/payments', auth.required, async (req, res) => {
    const { orderId, limit, cursor } = parseQuery(paymentsQuerySchema, req);
    const userId = listOwner(req, undefined);
    const found = await payments.list({ userId, orderId, after: readCursor(cursor), limit: limit + 1 });
    res.json(
      toPage(
        found,
        limit,
        ({ createdAt, id }) => ({ createdAt: new Date(createdAt), id }),
        (payment) => payment,
      ),
    );
  });
}
