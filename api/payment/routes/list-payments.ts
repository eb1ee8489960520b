import { paymentOperations } from '../../../contracts/http/payments.js';
import { listOwner } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { readCursor, toPage } from '../../http/pagination.js';
import type { PaymentContext } from '../service.js';

/** The caller's own, newest first; an admin sees everybody's. */
export const listPayments = ({ payments }: PaymentContext) =>
  handle(paymentOperations.listPayments, async ({ query: { orderId, limit, cursor }, caller }) => {
    const userId = listOwner(caller, undefined);
    const found = await payments.list({ userId, orderId, after: readCursor(cursor), limit: limit + 1 });
    return toPage(
      found,
      limit,
      ({ createdAt, id }) => ({ createdAt: new Date(createdAt), id }),
      (payment) => payment,
    );
  });
