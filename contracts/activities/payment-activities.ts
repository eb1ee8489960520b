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
  /** Gives the whole charge back; where nothing was charged, a mark that makes a late charge refuse. */
  refundPayment(request: RefundRequest): Promise<{ refunded: boolean }>;
}
