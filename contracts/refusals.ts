/**
 * Business answers of the Saga's steps: final, never retried. Each is the `type` of a non-retryable ApplicationFailure;
 * anything else that an activity throws is a failure, and is retried.
 */
export const REFUSALS = {
  /** reserve-stock; details: [InsufficientStock]. */
  insufficientStock: 'InsufficientStock',
  /** charge-payment; details: [PaymentDeclined]. */
  paymentDeclined: 'PaymentDeclined',
  /** start-delivery; details: [DeliveryRefused]. */
  deliveryRefused: 'DeliveryRefused',
  /** cancel-delivery: delivered already, so nothing may be undone. No details. */
  alreadyDelivered: 'AlreadyDelivered',
  /** A step that came after its own compensation: the mark that it left makes the late step refuse. No details. */
  compensated: 'Compensated',
} as const;

export type RefusalType = (typeof REFUSALS)[keyof typeof REFUSALS];

export interface InsufficientStock {
  productId: number;
  requested: number;
  available: number;
}

export interface PaymentDeclined {
  paymentId: string;
  /** The provider's code, such as `card_declined`. */
  code: string;
}

export interface DeliveryRefused {
  /** The carrier's code, such as `address_not_served`. */
  code: string;
}

/** What each is told with: `details[0]`, where it has any. A new refusal has its line here, or it does not compile. */
export interface RefusalDetails {
  [REFUSALS.insufficientStock]: InsufficientStock;
  [REFUSALS.paymentDeclined]: PaymentDeclined;
  [REFUSALS.deliveryRefused]: DeliveryRefused;
  [REFUSALS.alreadyDelivered]: undefined;
  [REFUSALS.compensated]: undefined;
}
