import type { Finding } from '../../../contracts/reconciliation.js';
import type { PaymentState } from '../../../services/payment/domain/payment.js';
import type { RecordsOfOrder } from '../records-of-order.js';
import { finding } from './finding.js';
import { stageOf } from './order-stage.js';

/** Whose money it is by our own books. */
export function comparePayment({ orderId, order, payment }: RecordsOfOrder): Finding[] {
  const state = payment?.status as PaymentState | undefined;
  const paid = payment && { money: { amount: payment.amount, currency: payment.currency } };
  // PENDING: the provider was asked, and nobody knows what became of it.
  const isLeft = state === 'CHARGED' || state === 'PENDING';
  if (order === undefined) return isLeft ? [finding('payment-without-order', orderId, `payment ${state}`, paid)] : [];

  const says = `order ${order.status}, payment ${state ?? 'none'}`;
  const total = { amount: order.totalPrice, currency: order.currency };
  const ids = `order's payment ${order.paymentId ?? ''}, its books' ${payment?.paymentId ?? 'none'}`;
  const differs =
    order.paymentId === undefined || order.paymentId === payment?.paymentId
      ? []
      : [finding('payment-differs', orderId, `${says}; ${ids}`, { money: total })];
  switch (stageOf(order).payment) {
    case 'open':
      return differs;
    case 'charged':
      return state === 'CHARGED' ? differs : [finding('payment-missing', orderId, says, { money: total })];
    case 'undone':
      return isLeft ? [finding('payment-not-refunded', orderId, says, { ...paid, repair: 'refund-payment' })] : differs;
  }
}
