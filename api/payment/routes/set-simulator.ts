import { paymentOperations } from '../../../contracts/http/payments.js';
import { handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { PaymentContext } from '../service.js';

/** For all processes at once, and over restarts. */
export const setSimulator = ({ simulator }: PaymentContext) =>
  handle(paymentOperations.setSimulator, async (call) => {
    if (simulator === undefined) throw notFound();
    const wanted = call.body;
    await simulator.set(wanted);
    return wanted;
  });
