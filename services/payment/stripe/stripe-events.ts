import Stripe from 'stripe';
import { z } from 'zod';
import { idSchema as id, jsonOf } from '../event-body.js';
import type { ProviderEvents } from '../payment-provider.js';
import { METADATA } from './stripe-answers.js';

/** As in the path of its webhook. */
export const STRIPE = 'stripe';

/** Of a refund that a bank has decided on, days after it was made. */
export const REFUND_EVENTS = ['refund.failed', 'refund.updated'];

/** How old what Stripe has signed may be, in seconds: whoever has recorded it can't send it again later. */
const REPLAY_WINDOW_S = 300;

/** For whoever checks Stripe's signatures. */
export const stripeWebhookSettings = {
  STRIPE_WEBHOOK_SECRETS: z
    .string()
    .transform((text) => text.split(',').map((secret) => secret.trim()))
    .pipe(z.array(z.string().regex(/^whsec_\S+$/, 'must be signing secrets of Stripe')))
    .optional()
    .describe(
      'with `PAYMENT_PROVIDER=stripe`: a list of the signing secrets of its webhook endpoint, several while one is changed; without it no webhook of Stripe is taken',
    ),
};

const metadataSchema = z.record(z.string(), z.unknown());
const eventSchema = z.looseObject({
  id,
  type: id.catch('unknown'),
  data: z
    .looseObject({ object: z.looseObject({ id: id.optional().catch(undefined), metadata: metadataSchema }) })
    .optional()
    .catch(undefined),
});

const OURS = new Set<string>(Object.values(METADATA));

/**
 * Stripe's rule, by its own package: `Stripe-Signature` over the bytes as they came. The charge is named by our metadata;
 * what has none of it, some other use of the account, is foreign.
 */
export function createStripeEvents(secrets: readonly string[]): ProviderEvents {
  return {
    provider: STRIPE,
    signatureHeader: 'Stripe-Signature',
    readEvent: ({ headers, body, now }) => {
      const signature = headers['stripe-signature'];
      const signed = secrets.some((secret) => isSigned(body, signature, secret, now));
      if (!signed) return { outcome: 'forged' };
      const event = eventSchema.safeParse(jsonOf(body));
      if (!event.success) return { outcome: 'unreadable' };
      const { id: eventId, type, data } = event.data;
      const { id: object, metadata = {} } = data?.object ?? {};
      const ours = Object.entries(metadata).filter(([name]) => OURS.has(name));
      if (ours.length === 0) return { outcome: 'foreign' };
      const chargeKey = id.safeParse(metadata[METADATA.charge]).data;
      // All else Stripe shows to whoever looks the object up; it has names, addresses and secrets in it.
      return {
        ...{ outcome: 'event', eventId, type, chargeKey },
        payload: JSON.stringify({ object, metadata: Object.fromEntries(ours) }),
      };
    },
  };
}

function isSigned(body: Buffer, signature: string | string[] | undefined, secret: string, now: Date): boolean {
  if (typeof signature !== 'string') return false;
  try {
    const { signature: rule } = Stripe.webhooks;
    return rule?.verifyHeader(body, signature, secret, REPLAY_WINDOW_S, undefined, now.getTime()) ?? false;
  } catch {
    // Not only its own error: over some headers it trips with another one, and anybody may send those.
    return false;
  }
}
