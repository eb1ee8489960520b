import type { Router } from 'express';
import { paymentOperations } from '../../../contracts/http/operations/payments.js';
import { notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';
import type { PaymentContext } from '../context.js';

/** 404 where it is not in use, and in production. */
export function getSimulator({ auth, simulator }: PaymentContext): Router {
  return route(paymentOperations.getSimulator, { auth }, async (_req, res) => {
    if (simulator === undefined) throw notFound();
    res.json(await simulator.read());
  });
}
