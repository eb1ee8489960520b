import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../platform/logger.js';
import { ProviderUnavailable } from '../payment-provider.js';
import { describeProvider } from '../testing/provider-suite.js';
import { StripeKeyRefused } from './ask-stripe.js';
import { METADATA } from './stripe-answers.js';
import { createStripeBooks } from './stripe-books.js';
import { openStripePayments, TEST_KEY } from './testing/open-stripe-payments.js';

describeProvider('Stripe', async () => {
  const { provider, standIn, close } = await openStripePayments();
  const gone = async (faults: Parameters<typeof standIn.next>, work: () => Promise<unknown>) => {
    standIn.next(...faults);
    await work();
    standIn.up();
  };
  return {
    provider,
    methods: {
      pays: 'pm_card_visa',
      declined: { method: 'pm_card_visa_chargeDeclinedInsufficientFunds', code: 'insufficient_funds' },
      paysLater: 'pm_debit',
      losesCapture: 'pm_card_visa',
    },
    losingCapture: (capture) => gone(['lost', 'down'], () => expect(capture()).rejects.toThrow(ProviderUnavailable)),
    expire: (key) => Promise.resolve(standIn.expire(key)),
    // The package asks again where a connection breaks, so that it must find nobody then.
    losing: (charge) =>
      gone(['none', 'lost', 'down'], () => expect(charge('pm_card_visa')).rejects.toThrow(ProviderUnavailable)),
    failing: (asked) => gone(['down'], () => asked('pm_card_visa')),
    paid: (key) => Promise.resolve(standIn.settle(key, 'succeeded')),
    forgetKeys: standIn.forgetKeys,
    close,
  };
});

let payments: Awaited<ReturnType<typeof openStripePayments>>;
beforeAll(async () => {
  payments = await openStripePayments();
});
afterEach(() => payments.standIn.up());
afterAll(() => payments.close());

const chargeOf = (method = 'pm_card_visa') => ({
  idempotencyKey: randomUUID(),
  amount: 1_999,
  currency: 'USD',
  method,
});
const statusesOf = (key: string) => payments.standIn.intentsOf(key).map(({ status }) => status);
const callsAfter = async (work: () => Promise<unknown>) => {
  const before = payments.standIn.requests.length;
  await work();
  return payments.standIn.requests.slice(before);
};

describe('Stripe', () => {
  it('is asked for the amount in the minor unit, the currency in small letters, and told whose it is', async () => {
    const request = chargeOf();
    await payments.provider.charge(request);
    expect(payments.standIn.intentsOf(request.idempotencyKey)).toMatchObject([
      { amount: 1_999, currency: 'usd', metadata: { [METADATA.charge]: request.idempotencyKey } },
    ]);
  });

  it.each(['ISK', 'UGX', 'MGA'])('is not asked in %s, which it counts in another unit', async (currency) => {
    const calls = await callsAfter(async () => {
      const answer = await payments.provider.charge({ ...chargeOf(), currency });
      expect(answer).toEqual({ outcome: 'declined', code: 'currency_not_supported' });
    });
    expect(calls).toEqual([]);
  });

  it('makes an intent that nobody confirms, where the answer to its making was lost for good', async () => {
    const request = chargeOf();
    payments.standIn.next('lost', 'down');
    await expect(payments.provider.charge(request)).rejects.toThrow(ProviderUnavailable);
    payments.standIn.up();
    payments.standIn.forgetKeys();
    expect(await payments.provider.find(request)).toEqual({ outcome: 'none' });
    expect(await payments.provider.charge(request)).toMatchObject({ outcome: 'charged' });
    expect(statusesOf(request.idempotencyKey)).toEqual(['requires_payment_method', 'succeeded']);
  });

  it('waits its turn within the same attempt, where the rate is limited', async () => {
    payments.standIn.next('limited', 'limited', 'none', 'limited');
    const calls = await callsAfter(() => payments.provider.charge(chargeOf()));
    expect(calls).toHaveLength(5);
    expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
  });

  it('is left to the next attempt, where it wants to be left alone for long', async () => {
    const request = chargeOf();
    payments.standIn.next('limited for long');
    const calls = await callsAfter(() =>
      expect(payments.provider.charge(request)).rejects.toMatchObject({
        name: 'ProviderUnavailable',
        retryAfterMs: 60_000,
      }),
    );
    expect(calls).toHaveLength(1);
    expect(await payments.provider.charge(request)).toMatchObject({ outcome: 'charged' });
  });

  it.each([
    ['making an intent', []],
    ['confirming it', ['none'] as const],
  ])('has kept a failure of %s as the answer: it is asked by the next key, and charges once', async (_what, before) => {
    const request = chargeOf();
    payments.standIn.next(...before, 'fails');
    await expect(payments.provider.charge(request)).rejects.toThrow(ProviderUnavailable);
    const first = await payments.provider.charge(request);
    expect(first).toMatchObject({ outcome: 'charged' });
    expect(await payments.provider.charge(request)).toEqual(first);
    expect(statusesOf(request.idempotencyKey)).toEqual(['succeeded']);
  });

  it('has kept a failure of a refund as the answer: it goes back once', async () => {
    const request = chargeOf();
    await payments.provider.charge(request);
    const part = { idempotencyKey: randomUUID(), chargeKey: request.idempotencyKey, amount: 500 };
    payments.standIn.next('fails');
    await expect(payments.provider.refundPart(part)).rejects.toThrow(ProviderUnavailable);
    const first = await payments.provider.refundPart(part);
    expect(await payments.provider.refundPart(part)).toEqual(first);
    const [entry] = await payments.provider.entriesOf([request.idempotencyKey]);
    expect(entry?.parts).toMatchObject([{ idempotencyKey: part.idempotencyKey, amount: 500 }]);
  });

  it('wants the buyer to prove who they are, who is not there: declined', async () => {
    const answer = await payments.provider.charge(chargeOf('pm_card_authenticationRequired'));
    expect(answer).toEqual({ outcome: 'declined', code: 'authentication_required' });
  });

  it('does not know the payment method: declined', async () => {
    const request = chargeOf('card_ok');
    expect(await payments.provider.charge(request)).toEqual({ outcome: 'declined', code: 'resource_missing' });
    expect(await payments.provider.charge({ ...chargeOf(), amount: 0 })).toMatchObject({ code: 'amount_too_small' });
  });

  it('takes a payment method once, and refuses it to another order without a code: declined', async () => {
    const method = `pm_card_visa_once_${randomUUID()}`;
    expect(await payments.provider.charge(chargeOf(method))).toMatchObject({ outcome: 'charged' });
    const second = chargeOf(method);
    const declined = { outcome: 'declined', code: 'invalid_request_error' };
    for (let times = 0; times < 2; times++) expect(await payments.provider.charge(second)).toEqual(declined);
    expect(statusesOf(second.idempotencyKey)).toEqual(['requires_payment_method']);
  });

  it('has lost an intent: no decline, and no line of its books', async () => {
    const [lost, there] = [chargeOf(), chargeOf()];
    payments.standIn.next('none', 'down');
    await expect(payments.provider.charge(lost)).rejects.toThrow(ProviderUnavailable);
    payments.standIn.up();
    await payments.provider.charge(there);
    for (const { id } of payments.standIn.intentsOf(lost.idempotencyKey)) payments.standIn.forgetIntent(id);
    await expect(payments.provider.charge(lost)).rejects.toThrow('resource_missing');
    const entries = await payments.provider.entriesOf([lost.idempotencyKey, there.idempotencyKey]);
    expect(entries).toMatchObject([{ idempotencyKey: there.idempotencyKey }]);
  });

  it('has kept that it had no money for a refund as the answer: it goes back once there is some', async () => {
    const request = chargeOf();
    await payments.provider.charge(request);
    const part = { idempotencyKey: randomUUID(), chargeKey: request.idempotencyKey, amount: 500 };
    payments.standIn.isShort(3);
    const refusals = async (refund: () => Promise<unknown>) => {
      for (let times = 0; times < 3; times++) await expect(refund()).rejects.toThrow('balance_insufficient');
    };
    await refusals(() => payments.provider.refundPart(part));
    const first = await payments.provider.refundPart(part);
    expect(first).toMatchObject({ outcome: 'refunded' });
    expect(await payments.provider.refundPart(part)).toEqual(first);
    payments.standIn.isShort(3);
    await refusals(() => payments.provider.refund(request));
    expect(await payments.provider.refund(request)).toMatchObject({ refunded: true });
    expect(await payments.provider.entriesOf([request.idempotencyKey])).toMatchObject([
      { status: 'REFUNDED', parts: [{ amount: 500 }] },
    ]);
  });

  it('cancels the intent of a charge that is undone before it was confirmed', async () => {
    const request = chargeOf();
    payments.standIn.next('none', 'down');
    await expect(payments.provider.charge(request)).rejects.toThrow(ProviderUnavailable);
    payments.standIn.up();
    expect(await payments.provider.refund(request)).toEqual({ refunded: false });
    expect(statusesOf(request.idempotencyKey)).toEqual(['canceled']);
    expect(await payments.provider.entriesOf([request.idempotencyKey])).toMatchObject([{ status: 'VOIDED' }]);
  });

  it('has no answer to the undo of what is on its way, and gives it back once it is there', async () => {
    const request = chargeOf('pm_debit');
    await payments.provider.charge(request);
    await expect(payments.provider.refund(request)).rejects.toThrow('is processing');
    payments.standIn.settle(request.idempotencyKey, 'succeeded');
    expect(await payments.provider.refund(request)).toMatchObject({ refunded: true });
  });

  it('gives back anew what the bank has sent back, and says so in its books until then', async () => {
    const request = chargeOf();
    await payments.provider.charge(request);
    const entry = async () => (await payments.provider.entriesOf([request.idempotencyKey]))[0];
    for (let times = 0; times < 3; times++) {
      expect(await payments.provider.refund(request)).toMatchObject({ refunded: true });
      expect(await entry()).toMatchObject({ status: 'REFUNDED', parts: [] });
      payments.standIn.sendBack(request.idempotencyKey);
      expect(await entry()).toMatchObject({ status: 'CHARGED', parts: [] });
    }
  });

  it('has not given back what failed at once: the next attempt does', async () => {
    const request = chargeOf();
    await payments.provider.charge(request);
    payments.standIn.failsAtOnce(1);
    await expect(payments.provider.refund(request)).rejects.toThrow('lost_or_stolen_card');
    expect(await payments.provider.refund(request)).toMatchObject({ refunded: true });
  });

  it('says of a part that failed since its first answer how it stands', async () => {
    const request = chargeOf();
    await payments.provider.charge(request);
    const part = { idempotencyKey: randomUUID(), chargeKey: request.idempotencyKey, amount: 500 };
    expect(await payments.provider.refundPart(part)).toMatchObject({ outcome: 'refunded' });
    payments.standIn.sendBack(part.idempotencyKey);
    expect(await payments.provider.refundPart(part)).toEqual({ outcome: 'refused', code: 'lost_or_stolen_card' });
  });

  it('says what failed later', async () => {
    const request = chargeOf('pm_debit');
    await payments.provider.charge(request);
    payments.standIn.settle(request.idempotencyKey, 'requires_payment_method');
    expect(await payments.provider.find(request)).toEqual({ outcome: 'declined', code: 'debit_failed' });
  });

  it('lists what was charged there and is not in our books, and what was given back by hand', async () => {
    const [lost, byHand] = [chargeOf(), chargeOf()];
    await payments.provider.charge(lost);
    await payments.provider.charge(byHand);
    await payments.prisma.stripeIntent.delete({ where: { key: lost.idempotencyKey } });
    await payments.prisma.stripeIntent.updateMany({ data: { updatedAt: new Date(0) } });
    payments.standIn.refundByHand(payments.standIn.intentsOf(byHand.idempotencyKey)[0]?.id ?? '', 99);
    const since = new Date(Date.now() - 60_000);
    const listed = await payments.provider.list({ limit: 100, since });
    expect(listed).toEqual(expect.arrayContaining([lost.idempotencyKey, byHand.idempotencyKey]));
    const [there, back] = await Promise.all(
      [lost, byHand].map(async ({ idempotencyKey }) => (await payments.provider.entriesOf([idempotencyKey]))[0]),
    );
    expect(there).toMatchObject({ status: 'CHARGED', amount: 1_999 });
    expect(back).toMatchObject({ status: 'CHARGED', parts: [{ amount: 99 }] });
  });
});

it('lists what Stripe has told of a refund that failed', async () => {
  const request = chargeOf();
  await payments.provider.charge(request);
  await payments.prisma.stripeIntent.updateMany({ data: { updatedAt: new Date(0) } });
  // No list of Stripe's says when a refund failed.
  const since = new Date(Date.now() + 2_000);
  const chargeKey = request.idempotencyKey;
  expect(await payments.provider.list({ limit: 1_000, since })).not.toContain(chargeKey);
  const event = { provider: 'stripe', eventId: randomUUID(), type: 'refund.failed', chargeKey, payload: '' };
  await payments.prisma.providerEvent.create({ data: { ...event, state: 'TOLD', receivedAt: since } });
  expect(await payments.provider.list({ limit: 1_000, since })).toContain(chargeKey);
});

describe('a payment database that was restored from before a charge', () => {
  const chargeAndLose = async () => {
    const request = chargeOf();
    const answer = await payments.provider.charge(request);
    await payments.prisma.stripeIntent.delete({ where: { key: request.idempotencyKey } });
    return { request, answer };
  };

  it('finds it by its metadata', async () => {
    const { request, answer } = await chargeAndLose();
    expect(await payments.provider.find(request)).toEqual(answer);
  });

  it('gives it back', async () => {
    const { request } = await chargeAndLose();
    expect(await payments.provider.refund(request)).toMatchObject({ refunded: true });
    expect(await payments.provider.entriesOf([request.idempotencyKey])).toMatchObject([{ status: 'REFUNDED' }]);
  });

  it('gives a part of it back', async () => {
    const { request } = await chargeAndLose();
    const part = { idempotencyKey: randomUUID(), chargeKey: request.idempotencyKey, amount: 500 };
    expect(await payments.provider.refundPart(part)).toMatchObject({ outcome: 'refunded' });
  });

  it('learns what Stripe lists, page by page and the newest first, and says where it has no time for more', async () => {
    const keys = Array.from({ length: 120 }, () => randomUUID());
    payments.standIn.chargeUnseen(keys);
    const lines: string[] = [];
    const logger = createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) });
    const known = async () => {
      const rows = await payments.prisma.stripeIntent.findMany({ where: { key: { in: keys } } });
      return new Set(rows.map(({ key }) => key));
    };
    await createStripeBooks(payments.stripe, payments.prisma, logger, 0).list({ limit: 1 });
    expect(await known()).toEqual(new Set(keys.slice(20)));
    expect(lines.join('')).toContain("what is older in Stripe's list is not read");
    await payments.provider.list({ limit: 1 });
    expect(await known()).toEqual(new Set(keys));
  });

  it('says that an order was charged by two intents, and keeps to its own', async () => {
    const request = chargeOf();
    const answer = await payments.provider.charge(request);
    payments.standIn.chargeUnseen([request.idempotencyKey]);
    const lines: string[] = [];
    const logger = createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) });
    await createStripeBooks(payments.stripe, payments.prisma, logger).list({ limit: 1 });
    const line = lines.find((text) => text.includes('Stripe has another intent of this order, too'));
    expect(line).toContain(request.idempotencyKey);
    expect(await payments.provider.find(request)).toEqual(answer);
  });

  it('that called it off before the search knew it learns of it in a pass over everything', async () => {
    const { request } = await chargeAndLose();
    payments.standIn.lag();
    expect(await payments.provider.refund(request)).toEqual({ refunded: false });
    expect(await payments.provider.list({ limit: 1_000 })).toContain(request.idempotencyKey);
    expect(await payments.provider.entriesOf([request.idempotencyKey])).toMatchObject([{ status: 'CHARGED' }]);
    payments.standIn.up();
    expect(await payments.provider.refund(request)).toMatchObject({ refunded: true });
  });
});

describe('the key', () => {
  it('that Stripe does not take is no decline, and is said', async () => {
    const other = payments.providerWith('sk_test_other');
    await expect(other.charge(chargeOf())).rejects.toThrow(StripeKeyRefused);
  });

  it('and what is private in an error of the package are in no log line', async () => {
    const lines: string[] = [];
    const logger = createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) });
    const errors: unknown[] = [];
    const fails = (work: Promise<unknown>) => work.catch((error: unknown) => errors.push(error));
    await fails(payments.providerWith('sk_test_other').charge(chargeOf()));
    payments.standIn.next('down');
    await fails(payments.provider.charge(chargeOf()));
    payments.standIn.up();
    const charged = chargeOf();
    await payments.provider.charge(charged);
    const part = { idempotencyKey: randomUUID(), chargeKey: charged.idempotencyKey, amount: -1 };
    await fails(payments.provider.refundPart(part));
    for (const error of errors) {
      logger.error({ error, err: error }, 'failed');
      expect(error).not.toHaveProperty('raw');
      expect(error).not.toHaveProperty('headers');
    }
    logger.info({ STRIPE_SECRET_KEY: TEST_KEY, config: { STRIPE_SECRET_KEY: TEST_KEY } }, 'settings');
    expect(errors).toHaveLength(3);
    // Stripe's own text shows how it begins and ends.
    expect(lines.join('')).not.toContain(TEST_KEY.slice(-4));
  });
});
