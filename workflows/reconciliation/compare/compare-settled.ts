import { partOf, type SagaStep } from '../../../contracts/saga-steps.js';
import type { Finding } from '../../../contracts/reconciliation.js';
import type { PaymentState } from '../../../services/payment/domain/payment.js';
import type { ReservationStatus } from '../../../services/inventory/domain/reservation.js';
import type { RecordsOfOrder } from '../gather-records.js';
import { finding } from './finding.js';

/**
 * What an operator put right elsewhere and its service has done afterwards all the same. Done before, it was settled
 * because nobody heard of it. Not seen of what goes on being written: a reservation that is sold, a parcel on its way.
 */
export function compareSettled({ orderId, order, stock, payment }: RecordsOfOrder): Finding[] {
  const paymentIs = (...states: PaymentState[]) =>
    payment !== undefined && states.some((state) => state === payment.status) ? [payment] : [];
  const stockIs = (...statuses: ReservationStatus[]) =>
    stock.filter(({ status }) => statuses.some((one) => one === status));

  return (order?.settled ?? []).flatMap(({ step, at }) => {
    const after = <Row extends { updatedAt: string }>(rows: Row[]) =>
      rows.filter(({ updatedAt }) => Date.parse(updatedAt) > Date.parse(at));
    const done = (rows: { status: string; updatedAt: string }[], worth: Pick<Finding, 'units' | 'money'>) =>
      rows.slice(0, 1).map(({ status, updatedAt }) => {
        const detail = `${step} was settled at ${at}; ${partOf(step)} ${status} since ${updatedAt}`;
        return finding('settled-and-done', orderId, detail, worth);
      });
    const ofMoney = (rows: NonNullable<typeof payment>[]) =>
      rows.flatMap((row) => done([row], { money: { amount: row.amount, currency: row.currency } }));
    const ofUnits = (rows: typeof stock) =>
      done(rows, { units: rows.reduce((sum, { quantity }) => sum + quantity, 0) });

    switch (step as SagaStep) {
      case 'charge-payment':
        return ofMoney(after(paymentIs('CHARGED')));
      case 'refund-payment':
        return ofMoney(after(paymentIs('REFUNDED')));
      case 'commit-stock':
        return ofUnits(after(stockIs('COMMITTED')));
      case 'release-stock':
        return ofUnits(after(stockIs('RELEASED', 'RETURNED')));
      default:
        return [];
    }
  });
}

/** What the books of its service say of a step that was settled. */
export function standsFor(step: string, { stock, payment, ledger, delivery }: RecordsOfOrder): string {
  switch (partOf(step)) {
    case 'stock':
      return `stock ${[...new Set(stock.map(({ status }) => status))].join(', ') || 'none'}`;
    case 'payment':
      return `payment ${payment?.status ?? 'none'}, provider ${ledger?.status ?? 'none'}`;
    default:
      return `delivery ${delivery?.status ?? 'none'}`;
  }
}
