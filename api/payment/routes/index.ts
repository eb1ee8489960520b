import type { Router } from 'express';
import type { PaymentContext } from '../context.js';
import { getPayment } from './get-payment.js';
import { getSimulator } from './get-simulator.js';
import { listPayments } from './list-payments.js';
import { setSimulator } from './set-simulator.js';

/** The simulator's path comes before the one that it would also be an id of. */
export function paymentRoutes(context: PaymentContext): Router[] {
  return [getSimulator(context), setSimulator(context), listPayments(context), getPayment(context)];
}
