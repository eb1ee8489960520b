import { paymentOperations, type PaymentInDetail } from '../../../contracts/http/payments.js';
import { isAdmin, requireOwnerOrAdmin } from '../../http/access.js';
import { handle } from '../../http/handle.js';
import { notFound } from '../../http/problem.js';
import type { PaymentContext } from '../service.js';

/** 404 for another user's. */
export const getPayment = ({ payments }: PaymentContext) =>
  handle(paymentOperations.getPayment, async ({ params: { id }, caller }) => {
    const payment = await payments.find(id);
    if (payment === undefined) throw notFound();
    requireOwnerOrAdmin(caller, payment.userId);
    return isAdmin(caller) ? payment : { ...payment, operations: payment.operations.map(withoutOperator) };
  });

type Operation = PaymentInDetail['operations'][number];

/** As in an order's timeline: what operators write is for operators. */
const withoutOperator = ({ reason: _reason, requestedBy: _requestedBy, ...operation }: Operation) => operation;
