import type { RecordsOfOrder } from './records-of-order.js';
import { delivery, order, payment, stock } from './services.js';

/**
 * Asks everybody about these orders. The order of asking is that of writing, turned round: a workflow ends after its
 * last record, and an order becomes final after all that its Saga did. So a workflow seen ended has an order that is
 * final when read later, and an order seen final has nothing left to do when others are read later.
 */
export async function gatherRecords(orderIds: readonly string[]): Promise<RecordsOfOrder[]> {
  if (orderIds.length === 0) return [];
  const workflows = await order.workflowRecords(orderIds);
  const orders = await order.orderRecords(orderIds);
  const [reservations, payments, charges, deliveries] = await Promise.all([
    stock.stockRecords(orderIds),
    payment.paymentRecords(orderIds),
    payment.ledgerRecords(orderIds),
    delivery.deliveryRecords(orderIds),
  ]);
  const of = <Row extends { orderId: string }>(rows: readonly Row[], orderId: string) =>
    rows.filter((row) => row.orderId === orderId);
  return orderIds.map((orderId) => ({
    orderId,
    order: of(orders, orderId)[0],
    workflow: of(workflows, orderId)[0] ?? { orderId, state: 'gone', detail: 'none' },
    stock: of(reservations, orderId),
    payment: of(payments, orderId)[0],
    ledger: of(charges, orderId)[0],
    delivery: of(deliveries, orderId)[0],
  }));
}
