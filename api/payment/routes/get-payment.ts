import { Router } from 'express';
import { z } from 'zod';
import { textIdSchema } from '../../../contracts/http/common.js';
import { requireOwnerOrAdmin } from '../../http/access.js';
import { notFound } from '../../http/problem.js';
import { parseParams } from '../../http/validate.js';
import type { PaymentContext } from '../context.js';

const paramsSchema = z.strictObject({ id: textIdSchema });

/** GET /payments/{id}: 404 for another user's. */
export function getPayment({ auth, payments }: PaymentContext): Router {
  return Router().get('/payments/:id', auth.required, async (req, res) => {
    const { id } = parseParams(paramsSchema, req);
    const payment = await payments.find(id);
    if (payment === undefined) throw notFound();
    requireOwnerOrAdmin(req, payment.userId);
    res.json(payment);
  });
}
