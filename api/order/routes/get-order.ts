import { Router } from 'express';
import { z } from 'zod';

import { textIdSchema } from '../../../contracts/http/common.js';
import { requireOwnerOrAdmin } from '../../http/access.js';
import { notFound } from '../../http/problem.js';
import { parseParams } from '../../http/validate.js';
import type { OrderContext } from '../context.js';

const paramsSchema = z.object({ id: textIdSchema });

export function getOrder({ store, auth }: OrderContext): Router {
  return Router().get('/orders/:id', auth.required, async (req, res) => {
    const { id } = parseParams(paramsSchema, req);
    const stored = await store.find(id);
    if (stored === undefined) throw notFound();
    requireOwnerOrAdmin(req, stored.order.userId);
    res.json(stored.order);
  });
}
