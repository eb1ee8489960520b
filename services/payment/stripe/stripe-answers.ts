import type Stripe from 'stripe';
import type { ProviderAnswer, ProviderEntry } from '../payment-provider.js';

/** In the metadata of Stripe's objects: whose they are. */
export const METADATA = {
  /** Of a PaymentIntent and its refunds: the key of the charge, the order's id. */
  charge: 'holdfast_charge',
  /** Of a refund: the key of the part. */
  part: 'holdfast_part',
  /** Of a refund: the key of the charge that was undone. */
  undo: 'holdfast_undo',
} as const;

/**
 * Currencies whose amounts Stripe counts in another unit than ISO 4217, which is ours: 100 times as many, or as few.
 * https://docs.stripe.com/currencies#special-cases
 */
const OTHER_UNIT = new Set(['ISK', 'UGX', 'MGA']);

export const hasOurUnit = (currency: string) => !OTHER_UNIT.has(currency);

/** What an intent says of its charge. `none`: it has not been tried so far. */
export function answerOf(intent: Stripe.PaymentIntent): ProviderAnswer | { outcome: 'none' } {
  switch (intent.status) {
    case 'succeeded':
      return { outcome: 'charged', chargeId: intent.id };
    case 'requires_capture':
      return { outcome: 'held', chargeId: intent.id, expiresAt: heldUntil(intent) };
    case 'processing':
      return { outcome: 'pending' };
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url;
      return { outcome: 'pending', ...(url ? { nextAction: { type: 'redirect' as const, url } } : {}) };
    }
    case 'canceled':
      return { outcome: 'declined', code: intent.cancellation_reason ?? 'canceled' };
    default: {
      const failure = intent.last_payment_error;
      if (!failure) return { outcome: 'none' };
      return { outcome: 'declined', code: failure.decline_code ?? failure.code ?? failure.type };
    }
  }
}

/** How long Stripe holds a card's money by itself, in seconds. https://docs.stripe.com/payments/place-a-hold-on-a-payment-method */
const HELD_FOR_S = 7 * 86_400;

/** RFC 3339: as Stripe says it of the charge, where that is expanded. */
function heldUntil({ latest_charge: charge, created }: Stripe.PaymentIntent): string {
  const said = typeof charge === 'object' ? charge?.payment_method_details?.card?.capture_before : undefined;
  return new Date((said ?? created + HELD_FOR_S) * 1000).toISOString();
}

/** Minor unit. Needs `latest_charge` expanded. */
export function leftOf(intent: Stripe.PaymentIntent): number {
  const charge = intent.latest_charge;
  if (charge === null || typeof charge === 'string') throw new Error(`the charge of ${intent.id} was not asked for`);
  return intent.amount - charge.amount_refunded;
}

/** Not so: the bank has sent it back, or it was called off; Stripe counts its amount as left again. */
export const isBack = ({ status }: Stripe.Refund) => status !== 'failed' && status !== 'canceled';

/** A line of Stripe's books; undefined where it has not decided. `undone`: we have called the charge off. */
export function entryOf(
  { key, undone, updatedAt }: { key: string; undone: boolean; updatedAt: Date },
  intent: Stripe.PaymentIntent,
  refunds: readonly Stripe.Refund[],
): ProviderEntry | undefined {
  const status = statusOf(intent, undone);
  if (status === undefined) return undefined;
  const charge = intent.latest_charge;
  const moves = [...(charge === null || typeof charge === 'string' ? [] : [charge]), ...refunds];
  return {
    idempotencyKey: key,
    chargeId: intent.id,
    amount: intent.amount,
    currency: intent.currency.toUpperCase(),
    status,
    // One that was made by hand at Stripe has no key of ours.
    parts: refunds
      .filter((refund) => isBack(refund) && refund.metadata?.[METADATA.undo] === undefined)
      .map(({ id, amount, metadata }) => ({
        idempotencyKey: metadata?.[METADATA.part] ?? id,
        refundId: id,
        amount,
      })),
    changedAt: new Date(Math.max(updatedAt.getTime(), ...moves.map(({ created }) => created * 1000))),
  };
}

function statusOf(intent: Stripe.PaymentIntent, undone: boolean): ProviderEntry['status'] | undefined {
  if (intent.status === 'succeeded') return undone && leftOf(intent) === 0 ? 'REFUNDED' : 'CHARGED';
  if (intent.status === 'requires_capture') return 'HELD';
  if (intent.status === 'canceled' && undone) return 'VOIDED';
  return answerOf(intent).outcome === 'declined' ? 'DECLINED' : undefined;
}
