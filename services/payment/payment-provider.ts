import { z } from 'zod';
import type { PendingCharge } from '../../contracts/activities/payment-activities.js';
import type { IncomingHttpHeaders } from 'node:http';
import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';

/** Another one: its name, and its line in providers.ts. */
export const PROVIDER_NAMES = ['simulated', 'stripe'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** For whoever charges, and for whoever shows or sets up what the simulated provider keeps. */
export const providerSettings = {
  PAYMENT_PROVIDER: z
    .enum(PROVIDER_NAMES, 'must be one of those that are built in')
    .default('simulated')
    .describe('`simulated`, or `stripe` ([docs/payments.md](payments.md#stripe))'),
  PAYMENT_SIMULATOR_DATABASE_URL: z
    .url()
    .describe(
      "the simulated provider's ledger; the API can do without, and then has no switch for the provider, and so can the worker with another provider",
    ),
};

/**
 * Who moves the money. Both moves are idempotent by their key: however often they are made, they happen once, and give
 * their first answer again; how long a provider remembers keys is its affair. A call that throws has failed: it may or
 * may not have happened.
 */
export interface PaymentProvider {
  charge(request: ProviderCharge): Promise<ProviderAnswer>;
  /**
   * Takes what a charge with `capture: false` holds, once: who asks again, by this key or another, hears that it is taken. More
   * than is held is refused, and so is what is held no more.
   */
  capture(request: ProviderCaptureRequest): Promise<ProviderCapture>;
  /**
   * What became of the charge with this key, as Stripe's search by metadata or Adyen's payment status say it: however
   * long ago it was. `none`: nothing was charged or declined so far.
   */
  find(request: { idempotencyKey: string }): Promise<ProviderAnswer | { outcome: 'none' }>;
  /**
   * Gives back what is left of the charge. Where nothing was taken it voids the key, and with it what is held: a charge
   * that lands late is refused then, as by a cancelled PaymentIntent.
   */
  refund(request: { idempotencyKey: string }): Promise<ProviderRefund>;
  /** Gives a part of what is left of a charge back; what is more than that is refused. */
  refundPart(request: ProviderRefundPart): Promise<ProviderPart>;
  /**
   * The keys of charges that the provider may have decided, for comparing books: `limit` of them where there are so many,
   * ascending from just after `after`; with `since`, of those that have changed since then.
   */
  list(page: { after?: string | undefined; limit: number; since?: Date }): Promise<string[]>;
  /** What the provider has decided, of these keys. */
  entriesOf(keys: readonly string[]): Promise<ProviderEntry[]>;
}

/**
 * What a provider sends of itself, a webhook, read by the provider's own rule. It says only that there is news, and of which charge:
 * how that stands the provider is asked.
 */
export interface ProviderEvents {
  /** As the last part of its webhook's path says it. */
  provider: string;
  /** For the answer where a signature is missing or wrong (RFC 9110, section 11.6.1): the header that has it. */
  signatureHeader: string;
  readEvent(sent: SentEvent): ReadEvent;
}

export interface SentEvent {
  headers: IncomingHttpHeaders;
  /** The bytes as they came. */
  body: Buffer;
  now: Date;
}

/**
 * `forged`: the provider has not signed it, or too long ago. `unreadable`: it has, and nothing tells it from another one.
 * `foreign`: it is of somebody else who uses the same account.
 */
export type ReadEvent =
  { outcome: 'forged' } | { outcome: 'unreadable' } | { outcome: 'foreign' } | ({ outcome: 'event' } & ProviderEvent);

export interface ProviderEvent {
  /** The provider's own: the same when it is sent again. */
  eventId: string;
  type: string;
  /** The idempotency key of the charge that it is about; undefined: it names none. */
  chargeKey: string | undefined;
  /** What of it is kept: no secret, and nothing of a person. */
  payload: string;
}

export interface ProviderCharge {
  idempotencyKey: string;
  /** Minor unit. */
  amount: number;
  currency: string;
  method: string;
  /** false: it is only held, for `capture`, where the method can be; one that can't is charged. */
  capture?: false;
}

export interface ProviderCaptureRequest {
  idempotencyKey: string;
  /** The key of the charge. */
  chargeKey: string;
  /** Minor unit. */
  amount: number;
}

/** `refused` is no failure: it is known that nothing was taken. */
export type ProviderCapture = { outcome: 'captured'; chargeId: string } | { outcome: 'refused'; code: string };

/**
 * `voided`: the key was voided, or its charge refunded, by us before this call; nothing is charged. `pending`: it is decided
 * later, and until then a refund voids it. One that ended at the provider, unpaid, is `declined`, and so is a
 * hold that has expired. `expiresAt`, RFC 3339: until when it is held, where the provider says so.
 */
export type ProviderAnswer =
  | { outcome: 'charged'; chargeId: string }
  | { outcome: 'held'; chargeId: string; expiresAt?: string }
  | { outcome: 'declined'; code: string }
  | { outcome: 'voided' }
  | ({ outcome: 'pending' } & PendingCharge);

/** A line of the provider's books. Where it is VOIDED nothing was ever charged. */
export interface ProviderEntry {
  idempotencyKey: string;
  chargeId: string;
  /** Minor unit. */
  amount: number;
  currency: string;
  status: 'HELD' | 'CHARGED' | 'DECLINED' | 'REFUNDED' | 'VOIDED';
  /** What was given back of it in parts. */
  parts: { idempotencyKey: string; refundId: string; amount: number }[];
  changedAt: Date;
}

export interface ProviderRefundPart {
  idempotencyKey: string;
  /** The key of the charge. */
  chargeKey: string;
  /** Minor unit. */
  amount: number;
}

export type ProviderPart = { outcome: 'refunded'; refundId: string } | { outcome: 'refused'; code: string };

export type ProviderRefund = { refunded: true; chargeId: string } | { refunded: false };

/** No usable answer came: it may or may not have happened. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
  /** For how long the provider wants to be left alone, in milliseconds, where it says so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    { retryAfterMs, ...options }: ErrorOptions & { retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Below the 4 s that an attempt of a step may take, so that the step still hears of it and says so. */
const PROVIDER_TIMEOUT_MS = 3_000;

/**
 * The same provider for one attempt of a step, whose calls may take `timeoutMs` together: whatever is not done by then
 * fails with ProviderUnavailable.
 */
export function withDeadline(provider: PaymentProvider, timeoutMs = PROVIDER_TIMEOUT_MS): PaymentProvider {
  const deadline = Date.now() + timeoutMs;
  const within = async <T>(call: () => Promise<T>): Promise<T> => {
    const policy = timeout(Math.max(1, deadline - Date.now()), TimeoutStrategy.Aggressive);
    try {
      return await policy.execute(call);
    } catch (error) {
      if (!(error instanceof TaskCancelledError)) throw error;
      throw new ProviderUnavailable(`no answer within ${timeoutMs} ms`, { cause: error });
    }
  };
  return {
    charge: (request) => within(() => provider.charge(request)),
    capture: (request) => within(() => provider.capture(request)),
    find: (request) => within(() => provider.find(request)),
    refund: (request) => within(() => provider.refund(request)),
    refundPart: (request) => within(() => provider.refundPart(request)),
    list: (page) => within(() => provider.list(page)),
    entriesOf: (keys) => within(() => provider.entriesOf(keys)),
  };
}
