import type { Router } from 'express';
import { deliveryOperations } from '../../../contracts/http/operations/deliveries.js';
import { requireOwnerOrAdmin } from '../../http/access.js';
import { notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';
import type { DeliveryContext } from '../context.js';

const operation = deliveryOperations.getDelivery;

/** 404 for another user's. */
export function getDelivery({ auth, deliveries }: DeliveryContext): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    const delivery = await deliveries.find(id);
    if (delivery === undefined) throw notFound();
    requireOwnerOrAdmin(req, delivery.userId);
    res.json(delivery);
  });
}
