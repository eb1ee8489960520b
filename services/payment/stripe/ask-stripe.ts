import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import Stripe from 'stripe';
import { ProviderUnavailable } from '../payment-provider.js';

/** Stripe says no, and nothing moved. */
export class StripeRefused extends Error {
  override readonly name = 'StripeRefused';
  constructor(
    message: string,
    /** Stripe's word: the bank's reason of a card that was declined, else what is wrong with the request. */
    readonly code: string,
    readonly isCard: boolean,
    /** The field of the request that is wrong. */
    readonly param: string | undefined,
    /** It is the answer to an earlier request with this key, which Stripe gives again for a day whatever has changed since. */
    readonly isKept: boolean,
  ) {
    super(message);
  }
}

/** Stripe does not take our key: nobody's card is to blame, and every call fails until an operator has seen to it. */
export class StripeKeyRefused extends Error {
  override readonly name = 'StripeKeyRefused';
}

/** Stripe failed, and gives the same failure again for a day to whoever asks by the same key. */
export class StripeFailureKept extends ProviderUnavailable {}

const RATE_LIMITED_TRIES = 3;
/** Whoever is told to wait for longer leaves it to the next attempt: this one has 3 s. */
const LONGEST_WAIT_MS = 1_500;

/** In milliseconds; undefined: Stripe does not say. */
function adviceOf(error: Error): number | undefined {
  const after = error instanceof Stripe.errors.StripeError ? Number(error.headers?.['retry-after']) : NaN;
  return Number.isFinite(after) ? after * 1000 : undefined;
}

/** Without advice: 0.2 s, then twice as long, and anything up to twice that, so that not all come back at once. */
const waitOf = (error: Error, tries: number): number => adviceOf(error) ?? 200 * 2 ** tries * (1 + Math.random());

/** A call that was turned away for the rate has not happened: it waits its turn, within the same attempt. */
const whileRateLimited = retry(
  handleWhen((error) => error instanceof Stripe.errors.StripeRateLimitError && waitOf(error, 0) <= LONGEST_WAIT_MS),
  {
    maxAttempts: RATE_LIMITED_TRIES,
    backoff: new DelegateBackoff<{ attempt: number; result: { error: Error } | { value: unknown } }>(
      ({ attempt, result }) => ('error' in result ? waitOf(result.error, attempt - 1) : 0),
    ),
  },
);

/**
 * Asks Stripe. Throws StripeRefused for what it refuses, ProviderUnavailable where it may or may not have happened,
 * StripeKeyRefused where it is our key. None of them holds what the package's own errors do: persons' data, secrets of an
 * intent, the end of our key.
 */
export async function askStripe<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await whileRateLimited.execute(call);
  } catch (error) {
    throw error instanceof Stripe.errors.StripeError ? inOurWords(error) : error;
  }
}

function inOurWords(error: InstanceType<typeof Stripe.errors.StripeError>): Error {
  const code = error.decline_code || error.code || error.rawType || 'unknown';
  const says = `${error.statusCode ?? 'no answer'} ${code}, request ${error.requestId ?? 'unknown'}`;
  const isKept = error.headers?.['idempotent-replayed'] === 'true';
  switch (true) {
    case error instanceof Stripe.errors.StripeAuthenticationError:
    case error instanceof Stripe.errors.StripePermissionError:
      return new StripeKeyRefused(`Stripe does not take STRIPE_SECRET_KEY (${says}): charges and refunds wait`);
    case error instanceof Stripe.errors.StripeCardError:
      return new StripeRefused(`Stripe declined: ${says}`, code, true, error.param, isKept);
    case error instanceof Stripe.errors.StripeInvalidRequestError:
      return new StripeRefused(
        `Stripe refused: ${says}, ${error.param ?? 'no field named'}`,
        ...([code, false, error.param, isKept] as const),
      );
    case error instanceof Stripe.errors.StripeRateLimitError:
      return new ProviderUnavailable(`Stripe limits our rate: ${says}`, { retryAfterMs: adviceOf(error) });
    case isKept:
      return new StripeFailureKept(`Stripe failed: ${says}`);
    default:
      return new ProviderUnavailable(`Stripe gave no usable answer: ${says}`);
  }
}

/** As often a failure is asked past within a day: each key is two calls, of the 3 s that an attempt has. */
const KEYS = 10;

/**
 * Asks by an idempotency key. Where Stripe has kept a failure as that key's answer, one of its own or a refusal that is not
 * `isFinal` (no money for a refund today), what came of it is looked for, and only where nothing did the next key asks anew:
 * whoever asks goes through the same keys, so it happens once.
 */
export async function askOnce<T>(
  key: string,
  call: (options: { idempotencyKey: string }) => Promise<T>,
  cameOfIt: () => Promise<T | undefined>,
  isFinal: (refusal: StripeRefused) => boolean,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await askStripe(() => call({ idempotencyKey: number === 1 ? key : `${key}/${number}` }));
    } catch (error) {
      const goesOn =
        error instanceof StripeRefused ? error.isKept && !isFinal(error) : error instanceof StripeFailureKept;
      if (!goesOn || number === KEYS) throw error;
      const known = await cameOfIt();
      if (known !== undefined) return known;
    }
  }
}
