import { PAYMENT_STATUSES } from '../../../contracts/http/payments.js';

/** What callers see. */
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/**
 * What is shown outside, and PENDING: the provider was asked, and its answer is not known. VOIDED is what was held and
 * let go of, or the mark of a refund where the provider had neither held nor charged: that one is not shown.
 */
export type PaymentState = PaymentStatus | 'PENDING';

/** One charge of one order. */
export interface Payment {
  id: string;
  orderId: string;
  userId: number;
  /** Minor unit. */
  amount: number;
  currency: string;
  state: PaymentState;
  /** The provider's code; with DECLINED. */
  declineCode: string | undefined;
  /** Until when the provider holds it, where it says so. */
  holdExpiresAt: Date | undefined;
  createdAt: Date;
}

/**
 * AUTHORISED is held, and not taken. VOIDED to REFUNDED is a charge that turned up after its mark: the money that came
 * back must stand in the books.
 */
export const PAYMENT_TRANSITIONS: Record<PaymentState, readonly PaymentState[]> = {
  PENDING: ['AUTHORISED', 'CHARGED', 'DECLINED', 'REFUNDED', 'VOIDED'],
  // Straight to REFUNDED where nobody heard that it was captured before its undo.
  AUTHORISED: ['CHARGED', 'REFUNDED', 'VOIDED'],
  CHARGED: ['REFUNDED'],
  VOIDED: ['REFUNDED'],
  DECLINED: [],
  REFUNDED: [],
};

/** The states that a payment may be in just before it moves to `next`. */
export function statesBefore(next: PaymentState): PaymentState[] {
  const states = Object.entries(PAYMENT_TRANSITIONS) as [PaymentState, readonly PaymentState[]][];
  return states.filter(([, following]) => following.includes(next)).map(([state]) => state);
}

/** The states that callers see, whatever came before. */
export const shownStates = PAYMENT_STATUSES.filter((status) => status !== 'VOIDED');

/** What callers see: what the provider has decided. It names a charge that it holds or has taken: a mere mark has none. */
export function isShown(state: PaymentState, providerChargeId: string | null): state is PaymentStatus {
  if (state === 'VOIDED') return providerChargeId !== null;
  return (shownStates as readonly PaymentState[]).includes(state);
}
