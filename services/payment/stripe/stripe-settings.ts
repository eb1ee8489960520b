import Stripe from 'stripe';
import { z } from 'zod';

/** Of whoever charges by Stripe. */
export const stripeSettings = {
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_[A-Za-z0-9]+$/, 'must be a secret or restricted key of Stripe')
    .optional()
    .describe(
      'with `PAYMENT_PROVIDER=stripe`: the secret key; or, which nobody has tried, a restricted one that may write PaymentIntents and Refunds and read Charges and PaymentMethods; a test key is refused in `production`, a live key everywhere else',
    ),
  STRIPE_API_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("for tests: where to ask instead of Stripe's own address; refused in `production`"),
};

export interface StripeSettings {
  STRIPE_SECRET_KEY?: string | undefined;
  STRIPE_API_URL?: string | undefined;
}

/** What keeps these settings from being used, by name of the setting. No text holds any of a key. */
export function stripeFaults({
  NODE_ENV,
  STRIPE_SECRET_KEY: key,
  STRIPE_API_URL: url,
}: StripeSettings & { NODE_ENV: string }) {
  const isProduction = NODE_ENV === 'production';
  const faults: { setting: keyof StripeSettings; says: string }[] = [];
  if (key === undefined) faults.push({ setting: 'STRIPE_SECRET_KEY', says: 'PAYMENT_PROVIDER=stripe needs it' });
  else if (isProduction && key.includes('_test_'))
    faults.push({ setting: 'STRIPE_SECRET_KEY', says: 'a test key moves no money: production takes a live one' });
  else if (!isProduction && key.includes('_live_'))
    faults.push({ setting: 'STRIPE_SECRET_KEY', says: 'a live key moves real money: it is for NODE_ENV=production' });
  if (isProduction && url !== undefined)
    faults.push({ setting: 'STRIPE_API_URL', says: 'production asks Stripe itself: unset it' });
  return faults;
}

/** Below the 3 s that all calls of an attempt may take together. */
const CALL_TIMEOUT_MS = 2_500;

/** The client of Stripe's package, which tries once more by itself where a connection fails or Stripe advises it (`Stripe-Should-Retry`). */
export function openStripe({ STRIPE_SECRET_KEY = '', STRIPE_API_URL }: StripeSettings): Stripe {
  const url = STRIPE_API_URL === undefined ? undefined : new URL(STRIPE_API_URL);
  return new Stripe(STRIPE_SECRET_KEY, {
    maxNetworkRetries: 1,
    timeout: CALL_TIMEOUT_MS,
    telemetry: false,
    ...(url && {
      host: url.hostname,
      port: url.port || (url.protocol === 'https:' ? 443 : 80),
      protocol: url.protocol === 'https:' ? ('https' as const) : ('http' as const),
    }),
  });
}
