import { paymentOperations } from '../../../contracts/http/payments.js';
import { requireOwnerOrAdmin } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { PaymentContext } from '../service.js';

/** 404 for another user's. */
export const getPayment = ({ payments }: PaymentContext) =>
  handle(paymentOperations.getPayment, async ({ params: { id }, caller }) => {
    const payment = await payments.find(id);
    if (payment === undefined) throw notFound();
    requireOwnerOrAdmin(caller, payment.userId);
    return payment;
  });
