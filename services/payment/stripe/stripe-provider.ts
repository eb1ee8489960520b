import type Stripe from 'stripe';
import type { Logger } from '../../../platform/logger.js';
import {
  ProviderUnavailable,
  type PaymentProvider,
  type ProviderAnswer,
  type ProviderCapture,
  type ProviderCharge,
  type ProviderPart,
  type ProviderRefund,
} from '../payment-provider.js';
import type { StripeIntent } from '../prisma/generated/client.js';
import { askOnce, askStripe, StripeRefused } from './ask-stripe.js';
import { answerOf, hasOurUnit, isBack, leftOf, METADATA } from './stripe-answers.js';
import { createStripeBooks, type StripeTables } from './stripe-books.js';

/** What Stripe says of an intent that no other try makes right: the order can't be paid like this. */
const NOT_PAYABLE = new Set([
  'amount_too_small',
  'amount_too_large',
  'currency_not_supported',
  'invalid_charge_amount',
]);
/** The same of a capture: it is held no more, or less is. */
const NOT_CAPTURABLE = new Set(['payment_intent_unexpected_state', 'amount_too_large', 'charge_expired_for_capture']);
/** The same of a refund. */
const NOT_REFUNDABLE = new Set(['charge_already_refunded', 'charge_disputed', 'charge_not_refundable']);

/**
 * Charges by Stripe's PaymentIntents. An intent is made first, written down under its key, and only then confirmed, which is
 * what takes the money: so whoever asks later, a day or a year after, finds the only one that can have been confirmed
 * (Stripe's own keys last for a day, its search lags). An intent whose answer was lost before it was written down never
 * moves money. That it is confirmed once, and not after it was cancelled, Stripe's own states see to.
 */
export function createStripeProvider(stripe: Stripe, tables: StripeTables, logger: Logger): PaymentProvider {
  const intents = tables.stripeIntent;
  const { look, refundsOf, rowOf, list, entriesOf } = createStripeBooks(stripe, tables, logger);

  /** An intent that is confirmed by nobody yet, under its key: the first one that was written down. */
  const begin = async ({ idempotencyKey: key, amount, currency, capture }: ProviderCharge): Promise<StripeIntent> => {
    const request = {
      ...{ amount, currency: currency.toLowerCase(), metadata: { [METADATA.charge]: key } },
      // Whoever pays is not there any more, so nothing that sends them somewhere else.
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
      // Cards can be held; a method that can't is charged, rather than declined.
      ...(capture === false && { payment_method_options: { card: { capture_method: 'manual' as const } } }),
    };
    const { id } = await askOnce(
      key,
      (options) => stripe.paymentIntents.create(request, options),
      () => Promise.resolve(undefined),
      isNotPayable,
    );
    await intents.createMany({ data: [{ key, intentId: id }], skipDuplicates: true });
    return intents.findUniqueOrThrow({ where: { key } });
  };

  const confirm = async (id: string, { idempotencyKey: key, method, capture }: ProviderCharge) => {
    const request = {
      payment_method: method,
      error_on_requires_action: true,
      ...(capture === false && { expand: ['latest_charge'] }),
    };
    const decided = async () => {
      const intent = await look(id);
      return answerOf(intent).outcome === 'none' ? undefined : intent;
    };
    const call = (options: Stripe.RequestOptions) => stripe.paymentIntents.confirm(id, request, options);
    try {
      return answerOf(await askOnce(`${key}/confirm`, call, decided, () => true));
    } catch (error) {
      if (!(error instanceof StripeRefused)) throw error;
      const declined = { outcome: 'declined' as const, code: error.code };
      if (error.isCard) return declined;
      const stands = answerOf(await look(id));
      // The intent is right, so the method is not: one that was used before, or is another customer's, has no code of Stripe's.
      return stands.outcome === 'none' && error.code !== 'payment_intent_unexpected_state' ? declined : stands;
    }
  };

  const charge = async (request: ProviderCharge): Promise<ProviderAnswer> => {
    if (!hasOurUnit(request.currency)) return { outcome: 'declined', code: 'currency_not_supported' };
    const where = { key: request.idempotencyKey };
    try {
      const known = await intents.findUnique({ where });
      const row = known ?? (await begin(request));
      if (row.undone || row.intentId === null) return { outcome: 'voided' };
      const before = known ? answerOf(await look(row.intentId)) : { outcome: 'none' as const };
      if (before.outcome !== 'none') return before;
      const answer = await confirm(row.intentId, request);
      // Called off while it was confirmed.
      if ((await intents.findUniqueOrThrow({ where })).undone) return { outcome: 'voided' };
      if (answer.outcome === 'none') throw new ProviderUnavailable(`${row.intentId} is not confirmed still`);
      return answer;
    } catch (error) {
      if (!(error instanceof StripeRefused) || !isNotPayable(error)) throw error;
      return { outcome: 'declined', code: error.code };
    }
  };

  /** By Stripe's own states it is captured once, and not after it was cancelled or has expired. */
  const capture: PaymentProvider['capture'] = async ({ idempotencyKey, chargeKey, amount }) => {
    const row = await rowOf(chargeKey);
    const id = row?.intentId;
    if (!id || row.undone) return { outcome: 'refused', code: 'no_such_charge' };
    // Before Stripe is asked: a pass that follows changes looks at it.
    await intents.update({ where: { key: chargeKey }, data: { updatedAt: new Date() } });
    const takenBefore = async () => {
      const intent = await look(id);
      return intent.status === 'succeeded' ? intent : undefined;
    };
    const call = (options: Stripe.RequestOptions) =>
      stripe.paymentIntents.capture(id, { amount_to_capture: amount }, options);
    try {
      await askOnce(idempotencyKey, call, takenBefore, ({ code }) => NOT_CAPTURABLE.has(code));
      return { outcome: 'captured', chargeId: id };
    } catch (error) {
      if (!(error instanceof StripeRefused)) throw error;
      return captureRefused(await look(id), error);
    }
  };

  const find: PaymentProvider['find'] = async ({ idempotencyKey: key }) => {
    const row = await rowOf(key);
    if (row === null) return { outcome: 'none' };
    return row.undone || row.intentId === null ? { outcome: 'voided' } : answerOf(await look(row.intentId));
  };

  const refund: PaymentProvider['refund'] = async ({ idempotencyKey: key }) => {
    const undone = { undone: true, updatedAt: new Date() };
    // Before Stripe is asked: nobody begins to confirm it any more.
    await intents.upsert({ where: { key }, create: { key, ...undone }, update: undone });
    const id = (await rowOf(key))?.intentId;
    if (!id) return { refunded: false };
    const intent = await look(id);
    if (intent.status === 'succeeded') return giveBackRest(key, intent);
    if (intent.status === 'processing') throw new ProviderUnavailable(`${id} is processing: it can't be undone yet`);
    if (intent.status === 'canceled') return { refunded: false };
    try {
      await askStripe(() => stripe.paymentIntents.cancel(id));
      return { refunded: false };
    } catch (error) {
      if (!(error instanceof StripeRefused)) throw error;
      throw new ProviderUnavailable(`${id} has moved on while it was cancelled`, { cause: error });
    }
  };

  const giveBackRest = async (key: string, intent: Stripe.PaymentIntent): Promise<ProviderRefund> => {
    const answer = { refunded: true as const, chargeId: intent.id };
    if (leftOf(intent) === 0) return answer;
    const ours = async () => (await refundsOf(intent.id)).filter(({ metadata }) => metadata?.[METADATA.undo] === key);
    const before = new Set((await ours()).map(({ id }) => id));
    // Looked at after those, so what is left is left in spite of them: a bank may send one back.
    if (leftOf(await look(intent.id)) === 0) return answer;
    const request = { payment_intent: intent.id, metadata: { [METADATA.charge]: key, [METADATA.undo]: key } };
    const made = await askOnce(
      `${key}/undo/${before.size}`,
      (options) => stripe.refunds.create(request, options),
      async () => (await ours()).find((refund) => isBack(refund) && !before.has(refund.id)),
      () => false,
    );
    if (!isBack(made))
      throw new ProviderUnavailable(`${made.id} is ${made.status}: ${made.failure_reason ?? 'no reason'}`);
    return answer;
  };

  const refundPart: PaymentProvider['refundPart'] = async ({ idempotencyKey, chargeKey, amount }) => {
    const id = (await rowOf(chargeKey))?.intentId;
    if (!id) return { outcome: 'refused', code: 'no_such_charge' };
    const request = {
      ...{ payment_intent: id, amount },
      metadata: { [METADATA.charge]: chargeKey, [METADATA.part]: idempotencyKey },
    };
    const isIt = ({ metadata }: Stripe.Refund) => metadata?.[METADATA.part] === idempotencyKey;
    try {
      const made = await askOnce(
        idempotencyKey,
        (options) => stripe.refunds.create(request, options),
        async () => (await refundsOf(id)).find((refund) => isIt(refund) && isBack(refund)),
        (refusal) => NOT_REFUNDABLE.has(refusalOf(refusal)),
      );
      // What a key answers again is how it stood when it was made.
      return toPart(await askStripe(() => stripe.refunds.retrieve(made.id)));
    } catch (error) {
      if (!(error instanceof StripeRefused)) throw error;
      const code = refusalOf(error);
      if (!NOT_REFUNDABLE.has(code)) throw error;
      return { outcome: 'refused', code };
    }
  };

  return { charge, capture, find, refund, refundPart, list, entriesOf };
}

/** How it stands says more than the refusal: it was taken before, or let go of meanwhile. */
function captureRefused(intent: Stripe.PaymentIntent, { code }: StripeRefused): ProviderCapture {
  if (intent.status === 'succeeded') return { outcome: 'captured', chargeId: intent.id };
  return { outcome: 'refused', code: intent.cancellation_reason ?? code };
}

const isNotPayable = ({ code }: StripeRefused): boolean => NOT_PAYABLE.has(code);

/** More than is left has no code of Stripe's, which names the field. */
const refusalOf = ({ code, param }: StripeRefused): string =>
  param === 'amount' && code === 'invalid_request_error' ? 'charge_already_refunded' : code;

/** One that is on its way (`pending`, `requires_action`) has left our balance, and counts as given back until it fails. */
function toPart(refund: Stripe.Refund): ProviderPart {
  return isBack(refund)
    ? { outcome: 'refunded', refundId: refund.id }
    : { outcome: 'refused', code: refund.failure_reason ?? refund.status ?? 'failed' };
}
