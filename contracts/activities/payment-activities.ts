/** The payment service's part in the Saga, on task queue `payment`. Each may run twice, late and out of order. */
export interface ChargeRequest {
  orderId: string;
  userId: number;
  /** Minor unit. */
  amount: number;
  currency: string;
  paymentMethod: string;
}

export interface RefundRequest {
  orderId: string;
  userId: number;
  /** What the charge would have been, minor unit: the mark tells it where nothing was charged. */
  amount: number;
  currency: string;
}

export interface PaymentActivities {
  /**
   * Charges once however often it is called: the order's id is the provider's idempotency key. Refuses with
   * `PaymentDeclined`, and with `Compensated` once the order was refunded.
   */
  chargePayment(request: ChargeRequest): Promise<{ paymentId: string }>;
  /** Gives back what is left of the charge; where nothing was charged, a mark that makes a late charge refuse. */
  refundPayment(request: RefundRequest): Promise<{ refunded: boolean }>;
}

/** What an operator gives back of a charge, beside the order's Saga. */
export interface RefundPartRequest {
  /** Made of what makes the request one: the same each time that it is asked for. */
  operationId: string;
  orderId: string;
  /** Minor unit. */
  amount: number;
  reason: string;
  /** `sub` of who asks. */
  requestedBy: string;
}

/** `another`: something else was asked for under this id before. `left`, minor unit: what can still be given back. */
export type RefundPartAnswer =
  | { outcome: 'refunded' }
  | { outcome: 'refused'; code: string }
  | { outcome: 'too-much'; left: number }
  | { outcome: 'another' };

export interface RefundPartActivities {
  /** Gives a part of the charge back, once, and never more than is left of it. */
  refundPart(request: RefundPartRequest): Promise<RefundPartAnswer>;
}
