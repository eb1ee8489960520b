import { proxyActivities } from '@temporalio/workflow';
import type {
  DeliveryReconciliation,
  OrderReconciliation,
  PaymentReconciliation,
  StockReconciliation,
  DeliveryRecord,
  LedgerRecord,
  OrderRecord,
  PaymentRecord,
  StockRecord,
  WorkflowRecord,
} from '../../contracts/activities/reconciliation.js';
import type { RestockActivities } from '../../contracts/activities/inventory-activities.js';
import type { RefundRecord } from '../../contracts/activities/order-activities.js';
import { TASK_QUEUES } from '../../contracts/services.js';

/** A service that is away for longer ends the reconciliation: what can't be compared is not said to be right. */
const options = {
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '2 minutes',
  retry: { initialInterval: '200 ms', maximumInterval: '5 s' },
  // The lowest: whatever an order waits for goes first.
  priority: { priorityKey: 5 },
} as const;

/** Each service answers for its own records. */
export const order = proxyActivities<OrderReconciliation & RefundRecord>({ taskQueue: TASK_QUEUES.order, ...options });
export const stock = proxyActivities<StockReconciliation & RestockActivities>({
  taskQueue: TASK_QUEUES.inventory,
  ...options,
});
export const payment = proxyActivities<PaymentReconciliation>({ taskQueue: TASK_QUEUES.payment, ...options });
export const delivery = proxyActivities<DeliveryReconciliation>({ taskQueue: TASK_QUEUES.delivery, ...options });

/** All that is written anywhere of one order, whether there is such an order or not. */
export interface RecordsOfOrder {
  orderId: string;
  order: OrderRecord | undefined;
  workflow: WorkflowRecord;
  stock: StockRecord[];
  payment: PaymentRecord | undefined;
  ledger: LedgerRecord | undefined;
  delivery: DeliveryRecord | undefined;
}

/** Somebody has heard of it. */
export function isKnown({ order, workflow, stock, payment, ledger, delivery }: RecordsOfOrder): boolean {
  return [order, payment, ledger, delivery, ...stock].some(Boolean) || workflow.state !== 'gone';
}

/** Nothing of it has moved between two looks. */
export function areTheSame(one: RecordsOfOrder | undefined, other: RecordsOfOrder | undefined): boolean {
  return JSON.stringify(one, withoutWords) === JSON.stringify(other, withoutWords);
}

/** How it is known that a workflow is gone changes once that is written down: that is no move. */
function withoutWords(key: string, value: unknown): unknown {
  return key === ('detail' satisfies keyof WorkflowRecord) ? undefined : value;
}

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
