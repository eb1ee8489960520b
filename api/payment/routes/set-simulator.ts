import { Router } from 'express';
import { simulatorSchema } from '../../../contracts/http/payments.js';
import { requireRole } from '../../http/access.js';
import { notFound } from '../../http/problem.js';
import { parseBody } from '../../http/validate.js';
import type { PaymentContext } from '../context.js';

/** POST /payments/simulator {provider: up or down}: for all processes at once, and over restarts. */
export function setSimulator({ auth, simulator }: PaymentContext): Router {
  return Router().post('/payments/simulator', auth.required, requireRole('admin'), async (req, res) => {
    if (simulator === undefined) throw notFound();
    const wanted = parseBody(simulatorSchema, req);
    await simulator.set(wanted);
    res.json(wanted);
  });
}
