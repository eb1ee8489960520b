import { Router } from 'express';
import { z } from 'zod';
import { textIdSchema } from '../../../contracts/http/common.js';
import { requireOwnerOrAdmin } from '../../http/access.js';
import { notFound } from '../../http/problem.js';
import { parseParams } from '../../http/validate.js';
import type { DeliveryContext } from '../context.js';

const paramsSchema = z.strictObject({ id: textIdSchema });

/** GET /deliveries/{id}: 404 for another user's. */
export function getDelivery({ auth, deliveries }: DeliveryContext): Router {
  return Router().get('/deliveries/:id', auth.required, async (req, res) => {
    const { id } = parseParams(paramsSchema, req);
    const delivery = await deliveries.find(id);
    if (delivery === undefined) throw notFound();
    requireOwnerOrAdmin(req, delivery.userId);
    res.json(delivery);
  });
}
