import { Router } from 'express';
import { requireRole } from '../../http/access.js';
import { notFound } from '../../http/problem.js';
import type { PaymentContext } from '../context.js';

/** GET /payments/simulator: whether the simulated provider is up. 404 where it is not in use, and in production. */
export function getSimulator({ auth, simulator }: PaymentContext): Router {
  return Router().get('/payments/simulator', auth.required, requireRole('admin'), async (_req, res) => {
    if (simulator === undefined) throw notFound();
    res.json(await simulator.read());
  });
}
