import { deliveryOperations } from '../../../contracts/http/deliveries.js';
import { listOwner } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { readCursor, toPage } from '../../http/pagination.js';
import type { DeliveryContext } from '../service.js';

/** The caller's own, newest first; an admin sees everybody's. */
export const listDeliveries = ({ deliveries }: DeliveryContext) =>
  handle(deliveryOperations.listDeliveries, async ({ query: { orderId, limit, cursor }, caller }) => {
    const userId = listOwner(caller, undefined);
    const found = await deliveries.list({ userId, orderId, after: readCursor(cursor), limit: limit + 1 });
    return toPage(
      found,
      limit,
      ({ createdAt, id }) => ({ createdAt: new Date(createdAt), id }),
      (delivery) => delivery,
    );
  });
