import type { RestockShort, StockRequest } from './activities/inventory-activities.js';
import type { RefundPartAnswer, RefundPartRequest } from './activities/payment-activities.js';
import type { PlacedOrder, ShownState } from './http/orders.js';

/** Workflow type of the Saga. */
export const ORDER_SAGA = 'orderSaga';

/** What an order has once a step of it has brought it. */
export type OrderFacts = Omit<ShownState, 'status' | 'needsAttention' | 'attention' | 'updatedAt'>;

/** How long an order waits before something is done about it, in milliseconds. It keeps those that it started with. */
export interface SagaTimes {
  /** ATTENTION_AFTER: a step that has not succeeded by then asks for an operator. */
  attentionAfterMs: number;
  /**
   * PAYMENT_WINDOW, or the payment method's own: counted from when the charge begins; what is not charged by then is
   * undone.
   */
  paymentWindowMs: number;
  /** PAYMENT_ASKED_EVERY: the provider is asked about a payment that is pending; orders of before have none. */
  paymentAskedEveryMs?: number;
  /** CARRIER_SILENCE_AFTER: counted anew whenever the carrier says something. */
  carrierSilenceMs: number;
  /** DELIVERY_ASKED_EVERY: the delivery service is asked what the carrier has said; orders of before have none. */
  deliveryAskedEveryMs?: number;
  /**
   * REVIEW_ABOVE: an order of at least so much waits for a person before it is charged, and none where it is left out. 0 where
   * the payment method asks for it.
   */
  reviewAbove?: number;
  /** REVIEW_WINDOW: a review that nobody has decided by then asks for an operator; orders of before may have none. */
  reviewWindowMs?: number;
}

/** In milliseconds. */
export const DELIVERY_ASKED_EVERY_MS = 6 * 3_600_000;
export const PAYMENT_ASKED_EVERY_MS = 5 * 60_000;

/** PAYMENT_CAPTURE: when the money of an order is taken, as it is placed, or held then and taken when the carrier has the parcel. */
export const PAYMENT_CAPTURES = ['at_order', 'at_hand_over'] as const;

export type PaymentCapture = (typeof PAYMENT_CAPTURES)[number];

export interface OrderSagaInput extends SagaTimes {
  /** As it was placed. Not there: `at_order`, as of all orders of before. */
  paymentCapture?: PaymentCapture;
  order: PlacedOrder;
  paymentMethod: string;
}

export interface CancelRequest {
  by: 'customer' | 'operator';
  note?: string;
}

/** Type of the failure with which the update `cancel` is rejected: the carrier has it, or it is delivered. */
export const NOT_CANCELLABLE = 'NotCancellable';

/** An order never gets a second workflow: the workflow's id is made of the order's. */
export function workflowIdOf(orderId: string): string {
  return `order-${orderId}`;
}

/** Workflow type of what gives a part of an order's charge back. */
export const REFUND_PART = 'refundPart';

/**
 * Of the same with goods: by another name, so that a build that knows of no goods can't begin it. It would pass them on to the
 * payment service, or give money back that is to be refused.
 */
export const REFUND_AND_RESTOCK = 'refundAndRestock';

/** What an operator gives back, and the goods that go back to stock with it. */
export interface OrderRefund extends RefundPartRequest {
  restock?: StockRequest['lines'];
}

/** `restock-too-much`: nothing was given back. `restocked`: the goods are back; false: they were more than was delivered, and none are. */
export type OrderRefundAnswer =
  (RefundPartAnswer & { restocked?: boolean }) | ({ outcome: 'restock-too-much' } & RestockShort);

/** The id of the update with which a customer, or an operator for them, cancels. One fixed id: however often sent, it is one update. */
export const CANCEL_UPDATE_ID = 'cancel';

/** The id of the update that answers when stock is decided. */
export const ACCEPTED_UPDATE_ID = 'accepted';

/**
 * What an operator lists orders by, in the Web UI and on both command lines. One list: the stack, the tests and
 * every deployment register from it. Not encrypted, so nothing personal.
 */
export const SEARCH_ATTRIBUTES = {
  OrderStatus: 'KEYWORD',
  CustomerId: 'INT',
  ProductIds: 'KEYWORD_LIST',
  OrderTotal: 'INT',
  CancelReason: 'KEYWORD',
  NeedsAttention: 'BOOL',
  AttentionStep: 'KEYWORD',
  AttentionReason: 'KEYWORD',
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;
