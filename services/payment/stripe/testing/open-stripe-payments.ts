import { createLogger } from '../../../../platform/logger.js';
import { openPayments } from '../../testing/open-payments.js';
import { createStripeProvider } from '../stripe-provider.js';
import { openStripe } from '../stripe-settings.js';
import { startStripeStandIn } from './stripe-stand-in.js';

/** Of a form that keys have; what it ends with is in no id. */
export const TEST_KEY = 'sk_test_ofOurStandInZqXw';

/** Payments by Stripe, as our stand-in plays it. Close it in afterAll. */
export async function openStripePayments() {
  const payments = await openPayments();
  const standIn = await startStripeStandIn({ key: TEST_KEY });
  const providerWith = (key: string) =>
    createStripeProvider(
      openStripe({ STRIPE_SECRET_KEY: key, STRIPE_API_URL: standIn.url }),
      payments.prisma,
      createLogger({ service: 'test', level: 'fatal' }),
    );
  const provider = providerWith(TEST_KEY);
  return {
    ...payments,
    provider,
    booksOf: async (orderId: string) => {
      const [entry] = await provider.entriesOf([orderId]);
      return { ...(await payments.booksOf(orderId)), providers: entry?.status as string | undefined };
    },
    stripe: openStripe({ STRIPE_SECRET_KEY: TEST_KEY, STRIPE_API_URL: standIn.url }),
    providerWith,
    standIn,
    close: async () => {
      await standIn.close();
      await payments.close();
    },
  };
}
