/**
 * Who moves the money. Both calls are idempotent by their key: however often they are made, they happen once, and give
 * their first answer again. A call that throws has failed: it may or may not have happened.
 */
export interface PaymentProvider {
  charge(request: ProviderCharge): Promise<ProviderAnswer>;
  /**
   * Gives the whole charge back. Where nothing was charged it voids the key, so that a charge that lands late is
   * refused, as a cancelled PaymentIntent does.
   */
  refund(request: { idempotencyKey: string }): Promise<ProviderRefund>;
}

export interface ProviderCharge {
  idempotencyKey: string;
  /** Minor unit. */
  amount: number;
  currency: string;
  method: string;
}

/** `voided`: the key was voided, or its charge refunded, before this call; nothing is charged. */
export type ProviderAnswer =
  { outcome: 'charged'; chargeId: string } | { outcome: 'declined'; code: string } | { outcome: 'voided' };

export type ProviderRefund = { refunded: true; chargeId: string } | { refunded: false };

/** No usable answer came: it may or may not have happened. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
}
