import type { Router } from 'express';
import { paymentOperations } from '../../../contracts/http/operations/payments.js';
import { notFound } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody } from '../../http/validate.js';
import type { PaymentContext } from '../context.js';

const operation = paymentOperations.setSimulator;

/** For all processes at once, and over restarts. */
export function setSimulator({ auth, simulator }: PaymentContext): Router {
  return route(operation, { auth }, async (req, res) => {
    if (simulator === undefined) throw notFound();
    const wanted = parseBody(operation.body, req);
    await simulator.set(wanted);
    res.json(wanted);
  });
}
