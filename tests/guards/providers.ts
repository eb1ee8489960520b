import type { Guard } from './guard.js';

const SUITE = {
  file: 'services/payment/stripe/stripe-provider.int.test.ts',
  writtenIn: 'services/payment/testing/provider-suite.ts',
};
const OWN = 'services/payment/stripe/stripe-provider.int.test.ts';
const SETTINGS = 'services/payment/stripe/stripe-settings.test.ts';

/** Payment providers. */
export const providers: Guard[] = [
  {
    promise:
      'What became of a charge by Stripe is known however late it is asked for, also after Stripe has forgotten its key.',
    code: {
      file: 'services/payment/stripe/stripe-provider.ts',
      text: "const before = known ? answerOf(await look(row.intentId)) : { outcome: 'none' as const };",
      instead: "const before = await Promise.resolve<ReturnType<typeof answerOf>>({ outcome: 'none' });",
    },
    test: { ...SUITE, name: 'knows what it did after it has forgotten all keys' },
  },
  {
    promise: 'A charge by Stripe that was called off is charged no more.',
    code: {
      file: 'services/payment/stripe/stripe-provider.ts',
      text: "if (row.undone || row.intentId === null) return { outcome: 'voided' };",
      instead: "if (row.intentId === null) return { outcome: 'voided' };",
    },
    test: { ...SUITE, name: 'gives a charge back once, and then refuses its key' },
  },
  {
    promise: 'An undo cancels what Stripe was about to charge.',
    code: {
      file: 'services/payment/stripe/stripe-provider.ts',
      text: 'await askStripe(() => stripe.paymentIntents.cancel(id));',
      instead: 'await Promise.resolve();',
    },
    test: { file: OWN, name: 'cancels the intent of a charge that is undone before it was confirmed' },
  },
  {
    promise:
      'A failure that Stripe keeps as the answer to a key keeps no order waiting for a day, and nothing happens twice.',
    code: {
      file: 'services/payment/stripe/ask-stripe.ts',
      text: '!goesOn || number === KEYS',
      instead: '!goesOn || number >= 1',
    },
    test: { file: OWN, name: 'has kept a failure of a refund as the answer: it goes back once' },
  },
  {
    promise: 'A refund that the bank sends back, or for which Stripe has no money today, goes back later, and once.',
    code: {
      file: 'services/payment/stripe/stripe-provider.ts',
      text: '`${key}/undo/${before.size}`',
      instead: '`${key}/undo`',
    },
    test: { file: OWN, name: 'gives back anew what the bank has sent back, and says so in its books until then' },
  },
  {
    promise:
      'A payment method that can not be used, whatever Stripe says of it, declines its order and holds it up no longer.',
    code: {
      file: 'services/payment/stripe/stripe-provider.ts',
      text: "return stands.outcome === 'none' && error.code !== 'payment_intent_unexpected_state' ? declined : stands;",
      instead: "return stands.outcome === 'none' && error.code === 'resource_missing' ? declined : stands;",
    },
    test: { file: OWN, name: 'takes a payment method once, and refuses it to another order without a code: declined' },
  },
  {
    promise: 'Where Stripe limits our rate, a call waits its turn as Stripe says, within the same attempt.',
    code: {
      file: 'services/payment/stripe/ask-stripe.ts',
      text: 'maxAttempts: RATE_LIMITED_TRIES,',
      instead: 'maxAttempts: RATE_LIMITED_TRIES * 0,',
    },
    test: { file: OWN, name: 'waits its turn within the same attempt, where the rate is limited' },
  },
  {
    promise: 'A provider that wants to be left alone for a while is asked again no sooner.',
    code: {
      file: 'activities/payment/when-asked-to-wait.ts',
      text: 'nextRetryDelay: Math.min(error.retryAfterMs, LONGEST_MS),',
      instead: '',
    },
    test: {
      file: 'activities/payment/payment-activities.int.test.ts',
      name: 'is tried again when the provider wants it, which said',
    },
  },
  {
    promise: "Stripe's refusal of our key declines nobody's card.",
    code: {
      file: 'services/payment/stripe/ask-stripe.ts',
      text: 'return new StripeKeyRefused(`Stripe does not take STRIPE_SECRET_KEY (${says}): charges and refunds wait`);',
      instead: "return new StripeRefused(says, code, true, '', isKept);",
    },
    test: { file: OWN, name: 'that Stripe does not take is no decline, and is said' },
  },
  {
    promise: "No log line holds Stripe's key, or what is private in an error of Stripe's.",
    code: {
      file: 'services/payment/stripe/ask-stripe.ts',
      text: 'throw error instanceof Stripe.errors.StripeError ? inOurWords(error) : error;',
      instead: 'throw error instanceof Stripe.errors.StripeError && Date.now() < 0 ? inOurWords(error) : error;',
    },
    test: { file: OWN, name: 'and what is private in an error of the package are in no log line' },
  },
  {
    promise: 'What Stripe has signed is taken for five minutes, and not again later from whoever has recorded it.',
    code: {
      file: 'services/payment/stripe/stripe-events.ts',
      text: 'const REPLAY_WINDOW_S = 300;',
      instead: 'const REPLAY_WINDOW_S = 3_000;',
    },
    test: {
      file: 'services/payment/stripe/stripe-events.test.ts',
      name: "an event of Stripe's is forged where it was signed by the same, six minutes ago",
    },
  },
  {
    promise: "What is private in an event of Stripe's is not kept.",
    code: {
      file: 'services/payment/stripe/stripe-events.ts',
      text: 'payload: JSON.stringify({ object, metadata: Object.fromEntries(ours) }),',
      instead: 'payload: body.toString(),',
    },
    test: { file: 'services/payment/stripe/stripe-events.test.ts', name: 'is kept without what is private in it' },
  },
  {
    promise: 'A currency that Stripe counts in another unit than we do is never charged.',
    code: {
      file: 'services/payment/stripe/stripe-answers.ts',
      text: '!OTHER_UNIT.has(currency)',
      instead: "currency !== '' || !OTHER_UNIT.has(currency)",
    },
    test: { file: OWN, name: 'Stripe is not asked in ISK, which it counts in another unit' },
  },
  {
    promise:
      'A reconciliation sees what was charged at Stripe and is lost here, and what was given back there by hand.',
    code: {
      file: 'services/payment/stripe/stripe-books.ts',
      text: 'if (after === undefined) await learn(since);',
      instead: 'if (after === undefined && limit < 0) await learn(since);',
    },
    test: { file: OWN, name: 'lists what was charged there and is not in our books, and what was given back by hand' },
  },
  {
    promise: 'A charge by Stripe that a restored database does not know is found by what Stripe knows of it.',
    code: {
      file: 'services/payment/stripe/stripe-books.ts',
      text: 'if (row !== null && row.intentId !== null) return row;',
      instead: 'if (row?.intentId !== null) return row;',
    },
    test: { file: OWN, name: 'finds it by its metadata' },
  },
  {
    promise: 'A key of Stripe for tests starts nothing in production, and a live one nothing elsewhere.',
    code: {
      file: 'workers/config.ts',
      text: "if (env.PAYMENT_PROVIDER === 'stripe')",
      instead: "if (env.PAYMENT_PROVIDER === 'stripe' && env.PORT < 0)",
    },
    test: {
      file: SETTINGS,
      name: 'a payment worker in production does not start with sk_test_abc, and does not show it',
    },
  },
];
