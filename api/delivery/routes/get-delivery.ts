import { deliveryOperations } from '../../../contracts/http/deliveries.js';
import { requireOwnerOrAdmin } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { DeliveryContext } from '../service.js';

/** 404 for another user's. */
export const getDelivery = ({ deliveries }: DeliveryContext) =>
  handle(deliveryOperations.getDelivery, async ({ params: { id }, caller }) => {
    const delivery = await deliveries.find(id);
    if (delivery === undefined) throw notFound();
    requireOwnerOrAdmin(caller, delivery.userId);
    return delivery;
  });
