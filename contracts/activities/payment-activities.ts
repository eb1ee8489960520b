/** The payment service's part in the Saga, on task queue `payment`. Each may run twice, late and out of order. */
export interface ChargeRequest {
  orderId: string;
  userId: number;
  /** Minor unit. */
  amount: number;
  currency: string;
  paymentMethod: string;
  /** Whoever asks can wait for it. An order worker of before takes what it doesn't know for a payment that was made by hand. */
  mayBePending?: boolean;
  /** false: the money is only held, where the payment method can be, and taken by `capturePayment`. */
  capture?: boolean;
}

/** A charge that the provider has taken note of, and that is paid later or never. */
export interface PendingCharge {
  /** What is left for the customer to do; without it the money is on its way, or is awaited. */
  nextAction?: { type: 'redirect'; url: string };
  /** Until when the provider waits for it, RFC 3339, where it says so. */
  expiresAt?: string;
}

/** `held`: nothing is taken yet. `expiresAt`, RFC 3339: until when the provider holds it, where it says so. */
export type ChargeAnswer = { paymentId: string; held?: { expiresAt?: string } } | { pending: PendingCharge };

export interface RefundRequest {
  orderId: string;
  userId: number;
  /** What the charge would have been, minor unit: the mark tells it where nothing was charged. */
  amount: number;
  currency: string;
}

export interface PaymentActivities {
  /**
   * Charges once however often it is called: the order's id is the provider's idempotency key. Where its answer is
   * `pending` it is called again, to ask how it stands. Refuses with `PaymentDeclined`, and with `Compensated` once the
   * order was refunded.
   */
  chargePayment(request: ChargeRequest): Promise<ChargeAnswer>;
  /**
   * Takes what is held for the order, once however often it is called; harmless where it was taken. Fails with
   * `CaptureRefused` where the provider refuses it: that is no refusal of the step, since the parcel is on its way.
   */
  capturePayment(request: RefundRequest): Promise<{ captured: boolean }>;
  /**
   * Gives back what is left of the charge, or lets go of what is only held; where neither was, a mark that makes a late
   * charge refuse.
   */
  refundPayment(request: RefundRequest): Promise<{ refunded: boolean }>;
}

/** Type of the failure of `capturePayment` that trying again does not help. */
export const CAPTURE_REFUSED = 'CaptureRefused';

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

/**
 * `only-held`: nothing was taken yet, so nothing can go back. `another`: something else was asked for under this id
 * before. `left`, minor unit: what can still be given back.
 */
export type RefundPartAnswer =
  | { outcome: 'refunded' }
  | { outcome: 'refused'; code: string }
  | { outcome: 'too-much'; left: number }
  | { outcome: 'only-held' }
  | { outcome: 'another' };

export interface RefundPartActivities {
  /** Gives a part of the charge back, once, and never more than is left of it. */
  refundPart(request: RefundPartRequest): Promise<RefundPartAnswer>;
}
