import type { RestockRequest } from './inventory-activities.js';
import type { RefundPartAnswer, RefundPartRequest } from './payment-activities.js';
import type { CarrierEvent } from '../http/deliveries.js';
import type { CancelReason, OrderStatus } from '../order-status.js';
import type { OrderSagaInput } from '../order-saga.js';
import type { Acknowledgement, ReconciliationReport } from '../reconciliation.js';

/** What each service tells a reconciliation, on its own task queue. All of it only reads, but for what `Repairs` says. */

/** Ids ascend; the next page begins after the last one. `since`, RFC 3339: only what has changed since then. */
export interface IdPage {
  since?: string;
  after?: string;
  limit: number;
}

/** An order, as far as others' records depend on it. */
export interface OrderRecord {
  orderId: string;
  userId: number;
  status: OrderStatus;
  cancelReason?: CancelReason;
  /** Minor unit. */
  totalPrice: number;
  currency: string;
  /** That it is paid by, as its charge answered, or whoever completed that by hand. */
  paymentId?: string;
  lines: { productId: number; quantity: number }[];
  createdAt: string;
  updatedAt: string;
  /** Somebody knows that its workflow was started. */
  wasStarted: boolean;
  needsAttention: boolean;
  /** What waits for an operator. */
  attentionStep?: string;
  /** Steps that an operator put right elsewhere, and when that was written down, RFC 3339. */
  settled: { step: string; at: string }[];
  /** Ids of what it knows to have gone back of its charge by an operator; not told by a version that knew of none. */
  refunds?: string[];
  /** Those of them of which goods were to go back to stock, too; not told by a version that knew of none. */
  restocks?: OrderedRestock[];
  /** Findings that operators have put right elsewhere, in the words of `acknowledgedAs`. */
  acknowledged: string[];
}

interface OrderedRestock extends RestockRequest {
  /** When its order knew of the refund, RFC 3339. */
  refundedAt: string;
  /** Its order knows what became of it. */
  isTold: boolean;
}

/** Ends the `detail` of a workflow that Temporal has forgotten and that was seen before. */
export const SEEN_BEFORE = ', seen before it was gone';

/** What Temporal itself says. */
export interface WorkflowRecord {
  orderId: string;
  /**
   * `gone`: it was never there, or deleted. `forgotten`: Temporal has it no longer, for so long that it may have ended
   * well, and how is written nowhere.
   */
  state: 'running' | 'completed' | 'ended-otherwise' | 'gone' | 'forgotten';
  /** Temporal's word for it. */
  detail: string;
  /** The search attribute; exact where the workflow has ended. */
  orderStatus?: string;
}

export interface StockRecord {
  orderId: string;
  productId: number;
  quantity: number;
  status: string;
  /** When it came to that, RFC 3339. */
  updatedAt: string;
  /** Ids of the operations by which some of it was to go back to stock, done or refused; not told by a version that knew of none. */
  restocks?: string[];
}

export interface StockLevelRecord {
  productId: number;
  quantity: number;
  reserved: number;
  /** By its reservations. */
  held: number;
}

export interface PaymentRecord {
  orderId: string;
  paymentId: string;
  userId: number;
  /** Minor unit. */
  amount: number;
  currency: string;
  status: string;
  /** When it came to that, RFC 3339. */
  updatedAt: string;
  /** What was given back of it by an operation of its own, ascending by id; not told by a version that knew of none. */
  parts?: PartRecord[];
}

/** `unanswered`: the provider was asked in vain. */
type PartOutcome = RefundPartAnswer['outcome'] | 'unanswered';

export interface PartRecord {
  /** The provider's idempotency key. */
  operationId: string;
  /** Minor unit. */
  amount: number;
  state: string;
  /** When it came to that, RFC 3339. */
  updatedAt: string;
}

/** An entry of the provider's ledger. */
export interface LedgerRecord {
  /** The idempotency key of the charge: the order's id. */
  orderId: string;
  chargeId: string;
  /** Minor unit. */
  amount: number;
  currency: string;
  status: string;
  /** RFC 3339; not told by a version that did not know when. */
  changedAt?: string;
  /** As in PaymentRecord. */
  parts?: Pick<PartRecord, 'operationId' | 'amount'>[];
}

/** Of a part that nobody has answered for, or that its order does not know of: after that, whoever sees to it is gone, or waits. */
export const PART_ANSWERED_WITHIN_MS = 10 * 60_000;

export interface DeliveryRecord {
  orderId: string;
  deliveryId: string;
  status: string;
  /** All that the carrier has said, counting or not. */
  reported: CarrierEvent[];
  /** RFC 3339. */
  updatedAt: string;
}

/** On task queue `order`. */
export interface OrderReconciliation {
  /** What a pass looks at: everything where none did for too long; `since` else: what has changed, and is not over. */
  reconciliationScope(wanted: 'all' | 'changed' | undefined): Promise<{ since?: string }>;
  /** With `since` also those that are not final. */
  listOrderIds(page: IdPage): Promise<string[]>;
  /** Ids that were not found clean when last looked at, and of which there may be no order. */
  listUnreconciledIds(page: IdPage): Promise<string[]>;
  /** So that the next pass looks at them again. `startedAt`, RFC 3339: when this pass did. */
  markUnreconciled(orderIds: readonly string[], startedAt: string): Promise<void>;
  /** How these ended, for when Temporal has forgotten it. */
  keepEndings(ended: readonly WorkflowRecord[]): Promise<void>;
  /** It has looked at all that it had to. */
  endReconciliation(pass: { startedAt: string; ofAll: boolean }): Promise<void>;
  orderRecords(orderIds: readonly string[]): Promise<OrderRecord[]>;
  workflowRecords(orderIds: readonly string[]): Promise<WorkflowRecord[]>;
  unpublishedEvents(): Promise<ReconciliationReport['information']['unpublishedEvents']>;
  /** Starts the workflow of an order that never had one; harmless where it has. */
  startOrderWorkflow(orderId: string): Promise<void>;
  /** Writes into the row of an order how its workflow has ended; answers with that. Harmless where it is there. */
  writeEnd(orderId: string): Promise<OrderStatus>;
  /** Into the timeline: what an operator has put right is told no more. Harmless where it is there. */
  acknowledge(orderId: string, findings: readonly string[], acknowledgement: Acknowledgement): Promise<void>;
  /** What the order's workflow was, or would be, started with. */
  orderSagaInput(orderId: string): Promise<OrderSagaInput>;
  /** A log line for each finding, and the gauge of all. */
  tellFindings(report: ReconciliationReport & { complete: boolean }): Promise<void>;
}

/** On task queue `inventory`. */
export interface StockReconciliation {
  listStockOrderIds(page: IdPage): Promise<string[]>;
  stockRecords(orderIds: readonly string[]): Promise<StockRecord[]>;
  /** Products whose level can't be right, as of one moment. */
  wrongStockLevels(page: { after?: number; limit: number }): Promise<StockLevelRecord[]>;
}

/** On task queue `payment`. */
export interface PaymentReconciliation {
  listPaymentOrderIds(page: IdPage): Promise<string[]>;
  paymentRecords(orderIds: readonly string[]): Promise<PaymentRecord[]>;
  listLedgerOrderIds(page: IdPage): Promise<string[]>;
  ledgerRecords(orderIds: readonly string[]): Promise<LedgerRecord[]>;
  /** Gives back whatever the provider has of the order, and writes it down. Answers with how it stands then. */
  giveBackPayment(request: {
    orderId: string;
    userId: number;
    amount: number;
    currency: string;
  }): Promise<{ status: string }>;
  /** Writes down what the provider says of a charge whose answer was never heard. */
  recordPayment(orderId: string): Promise<{ status: string }>;
  /** Asks the provider again for each part without an answer. Answers with how each of the order's parts stands then. */
  giveBackParts(orderId: string): Promise<(RefundPartRequest & { outcome: PartOutcome })[]>;
}

/** On task queue `delivery`. */
export interface DeliveryReconciliation {
  listDeliveryOrderIds(page: IdPage): Promise<string[]>;
  deliveryRecords(orderIds: readonly string[]): Promise<DeliveryRecord[]>;
}
