import type { Router } from 'express';
import { paymentOperations } from '../../../contracts/http/operations/payments.js';
import { requireOwnerOrAdmin } from '../../http/access.js';
import { notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseParams } from '../../http/validate.js';
import type { PaymentContext } from '../context.js';

const operation = paymentOperations.getPayment;

/** 404 for another user's. */
export function getPayment({ auth, payments }: PaymentContext): Router {
  return route(operation, { auth }, async (req, res) => {
    const { id } = parseParams(operation.params, req);
    const payment = await payments.find(id);
    if (payment === undefined) throw notFound();
    requireOwnerOrAdmin(req, payment.userId);
    res.json(payment);
  });
}
