import type { Finding } from '../../../contracts/reconciliation.js';
import type { RecordsOfOrder } from '../records-of-order.js';
import { finding } from './finding.js';

/** Amounts and currencies never change, so these are compared while an order is under way, too. */
export function compareAmounts({ orderId, order, payment, ledger }: RecordsOfOrder): Finding[] {
  // A mark of the provider's, where nothing was ever charged, has no amount.
  const tookMoney = ledger?.status === 'CHARGED' || ledger?.status === 'REFUNDED';
  const amounts = [
    ...(order === undefined ? [] : [{ of: 'order', amount: order.totalPrice, currency: order.currency }]),
    ...(payment === undefined ? [] : [{ of: 'payment', amount: payment.amount, currency: payment.currency }]),
    ...(ledger !== undefined && tookMoney
      ? [{ of: `provider (${ledger.chargeId})`, amount: ledger.amount, currency: ledger.currency }]
      : []),
  ];
  const [first] = amounts;
  if (first === undefined || new Set(amounts.map(({ amount, currency }) => `${amount} ${currency}`)).size === 1)
    return [];
  const values = amounts.map(({ amount }) => amount);
  return [
    finding(
      'amount-differs',
      orderId,
      amounts.map(({ of, amount, currency }) => `${of} ${amount} ${currency}`).join(', '),
      {
        money: { amount: Math.max(...values) - Math.min(...values), currency: first.currency },
      },
    ),
  ];
}
