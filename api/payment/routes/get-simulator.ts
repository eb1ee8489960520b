import { paymentOperations } from '../../../contracts/http/payments.js';
import { handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { PaymentContext } from '../service.js';

/** 404 where it is not in use, and in production. */
export const getSimulator = ({ simulator }: PaymentContext) =>
  handle(paymentOperations.getSimulator, async () => {
    if (simulator === undefined) throw notFound();
    return simulator.read();
  });
