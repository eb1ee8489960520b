import { orderOperations } from '../../../contracts/http/order-operations.js';
import { listOwner } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { readCursor, toPage } from '../../http/pagination.js';
import { asSeenBy } from '../order-for-caller.js';
import type { OrderContext } from '../service.js';

/** Newest first. An admin who names no user sees everybody's. */
export const listOrders = ({ store }: OrderContext) =>
  handle(orderOperations.listOrders, async ({ query, caller }) => {
    const { userId, status, cancelReason, needsAttention, review, limit, cursor } = query;
    const filter = { userId: listOwner(caller, userId), status, cancelReason, needsAttention, review };
    const rows = await store.list(filter, limit + 1, readCursor(cursor));
    const positionOf = ({ order }: (typeof rows)[number]) => ({ createdAt: new Date(order.createdAt), id: order.id });
    return toPage(rows, limit, positionOf, ({ order }) => asSeenBy(caller, order));
  });
