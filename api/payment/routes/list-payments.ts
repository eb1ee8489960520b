import type { Router } from 'express';
import { paymentOperations } from '../../../contracts/http/operations/payments.js';
import { listOwner } from '../../http/access.js';
import { readCursor, toPage } from '../../http/pagination.js';
import { route } from '../../http/route.js';
import { parseQuery } from '../../http/validate.js';
import type { PaymentContext } from '../context.js';

const operation = paymentOperations.listPayments;

/** The caller's own, newest first; an admin sees everybody's. */
export function listPayments({ auth, payments }: PaymentContext): Router {
  return route(operation, { auth }, async (req, res) => {
    const { orderId, limit, cursor } = parseQuery(operation.query, req);
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
