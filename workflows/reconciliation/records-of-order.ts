import type {
  DeliveryRecord,
  LedgerRecord,
  OrderRecord,
  PaymentRecord,
  StockRecord,
  WorkflowRecord,
} from '../../contracts/activities/reconciliation.js';

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
