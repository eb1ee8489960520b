import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ChargeRequest } from '../../contracts/activities/payment-activities.js';
import { createLogger } from '../../platform/logger.js';
import { ProviderUnavailable, type PaymentProvider } from '../../services/payment/payment-provider.js';
import { openPayments } from '../../services/payment/testing/open-payments.js';
import { createPaymentActivities, createPaymentReconciliation } from './payment-activities.js';

let payments: Awaited<ReturnType<typeof openPayments>>;
beforeAll(async () => {
  payments = await openPayments();
});
afterAll(() => payments.close());

const logged: Record<string, unknown>[] = [];
const logger = createLogger(
  { service: 'payment-service', level: 'info' },
  { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
);
const messagesOf = (orderId: string) =>
  logged.filter((line) => line['orderId'] === orderId).map((line) => line['message']);

const orderWith = (paymentMethod = 'card_ok'): ChargeRequest => ({
  orderId: randomUUID(),
  userId: 1,
  amount: 3_500_000,
  currency: 'KRW',
  paymentMethod,
});

/** The activities as a worker of its own would run them; with another provider where a test needs one. */
/** With more time than the usual 3 s: nobody tries again here where a busy machine has no answer. */
function worker(provider: PaymentProvider = payments.provider, providerTimeoutMs = 20_000) {
  const activities = createPaymentActivities({ store: payments.store, provider, logger, providerTimeoutMs });
  const run = <T>(work: () => Promise<T>) =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<[], T, () => Promise<T>>(work);
  return {
    charge: (order: ChargeRequest) => run(() => activities.chargePayment(order)),
    refund: ({ paymentMethod: _, ...order }: ChargeRequest) => run(() => activities.refundPayment(order)),
  };
}

/** The same provider, with something happening just before or just after each of its calls. */
function interrupted(hooks: { before?: () => Promise<unknown>; after?: () => Promise<unknown> }): PaymentProvider {
  const around = async <T>(call: () => Promise<T>): Promise<T> => {
    await hooks.before?.();
    const answer = await call();
    await hooks.after?.();
    return answer;
  };
  return {
    ...payments.provider,
    charge: (request) => around(() => payments.provider.charge(request)),
    refund: (request) => around(() => payments.provider.refund(request)),
  };
}

const dies = () => Promise.reject(new Error('the process died'));
const compensated = { type: 'Compensated', nonRetryable: true };

describe('chargePayment', () => {
  it('charges once and gives the same payment each time', async () => {
    const order = orderWith();
    const first = await worker().charge(order);
    expect(await worker().charge(order)).toEqual(first);
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
    expect(messagesOf(order.orderId)).toEqual(['payment completed']);
  });

  it('charges once when it runs many times at once', async () => {
    const order = orderWith();
    const answers = await Promise.all(Array.from({ length: 8 }, () => worker().charge(order)));
    expect(new Set(answers.map((answer) => 'paymentId' in answer && answer.paymentId)).size).toBe(1);
    expect(await payments.ledger.ledgerEntry.count({ where: { idempotencyKey: order.orderId } })).toBe(1);
    expect(messagesOf(order.orderId)).toEqual(['payment completed']);
  });

  it('is pending, and told again, until it is paid: charged once', async () => {
    const order = { ...orderWith('bank_transfer'), mayBePending: true };
    expect(await worker().charge(order)).toEqual({ pending: {} });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'PENDING', refunds: 0, providers: 'TRIED' });
    const paid = await worker().charge(order);
    expect(paid).toHaveProperty('paymentId');
    expect(await worker().charge(order)).toEqual(paid);
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
    expect(messagesOf(order.orderId)).toEqual(['payment completed']);
    const never = { ...orderWith('bank_transfer_unpaid'), mayBePending: true };
    for (let times = 0; times < 3; times++) expect(await worker().charge(never)).toEqual({ pending: {} });
  });

  it('fails, to be tried again, where it is pending for whoever takes no such answer', async () => {
    const order = orderWith('bank_transfer');
    await expect(worker().charge(order)).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(await worker().charge(order)).toHaveProperty('paymentId');
  });

  it('finds the charge whose answer was lost', async () => {
    const order = orderWith('card_lost_answer');
    await expect(worker().charge(order)).rejects.toThrow('the answer was lost');
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'PENDING', refunds: 0, providers: 'CHARGED' });
    await worker().charge(order);
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
  });

  it.each([
    ['card_declined', 'card_declined'],
    ['card_insufficient_funds', 'insufficient_funds'],
    ['card_of_another_bank', 'unknown_payment_method'],
  ])('refuses %s with the code of the provider, each time', async (method, code) => {
    const order = orderWith(method);
    const refusal = () =>
      worker()
        .charge(order)
        .catch((error: unknown) => error);
    const first = await refusal();
    expect(first).toMatchObject({ type: 'PaymentDeclined', nonRetryable: true, details: [{ code }] });
    expect(await refusal()).toMatchObject({ details: (first as { details: unknown }).details });
    expect(messagesOf(order.orderId)).toEqual(['payment declined']);
  });

  it.each([
    [7_000, 7_000],
    [3_600_000, 60_000],
  ])('is tried again when the provider wants it, which said %i ms: after %i', async (retryAfterMs, nextRetryDelay) => {
    const busy = interrupted({ before: () => Promise.reject(new ProviderUnavailable('too much', { retryAfterMs })) });
    const failure = { type: 'ProviderUnavailable', nonRetryable: false, nextRetryDelay };
    await expect(worker(busy).charge(orderWith())).rejects.toMatchObject(failure);
    await expect(worker(busy).refund(orderWith())).rejects.toMatchObject(failure);
  });

  it('fails, to be tried again, while the provider does', async () => {
    const order = orderWith('card_flaky');
    await expect(worker().charge(order)).rejects.toBeInstanceOf(ProviderUnavailable);
    await expect(worker().charge(order)).rejects.toBeInstanceOf(ProviderUnavailable);
    await expect(worker().charge(order)).resolves.toMatchObject({});
  });

  it('fails rather than to wait for a provider that does not answer', async () => {
    const order = orderWith();
    const stuck = interrupted({ after: () => pause(5_000) });
    await expect(worker(stuck, 50).charge(order)).rejects.toThrow('no answer within 50 ms');
    // All that an attempt asks is counted together: here the lookup takes all of its time.
    const slow = { ...payments.provider, find: () => pause(100, { outcome: 'none' as const }) };
    await expect(worker(slow, 50).charge(order)).rejects.toThrow('no answer within 50 ms');
    await worker().charge(order);
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'CHARGED' });
  });
});

describe('refundPayment', () => {
  it('gives the charge back once, however often and however concurrently', async () => {
    const order = orderWith();
    await worker().charge(order);
    const answers = await Promise.all(Array.from({ length: 5 }, () => worker().refund(order)));
    expect(answers).toEqual(Array.from({ length: 5 }, () => ({ refunded: true })));
    expect(await worker().refund(order)).toEqual({ refunded: true });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
    expect(messagesOf(order.orderId)).toEqual(['payment completed', 'payment refunded']);
  });

  it('does nothing where the charge was declined', async () => {
    const order = orderWith('card_declined');
    await worker()
      .charge(order)
      .catch(() => undefined);
    expect(await worker().refund(order)).toEqual({ refunded: false });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'DECLINED', refunds: 0, providers: 'DECLINED' });
  });

  it('leaves a mark where nothing was charged, so that a late charge refuses', async () => {
    const order = orderWith();
    expect(await worker().refund(order)).toEqual({ refunded: false });
    await expect(worker().charge(order)).rejects.toMatchObject(compensated);
    expect(await worker().refund(order)).toEqual({ refunded: false });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
    expect(messagesOf(order.orderId)).toEqual([]);
  });

  it('voids what is pending, so that money that comes later is refused', async () => {
    const order = { ...orderWith('bank_transfer_unpaid'), mayBePending: true };
    await worker().charge(order);
    expect(await worker().refund(order)).toEqual({ refunded: false });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
    await expect(worker().charge(order)).rejects.toMatchObject(compensated);
  });

  it('gives a transfer back that was paid, though nobody has asked', async () => {
    const order = { ...orderWith('bank_transfer'), mayBePending: true };
    await worker().charge(order);
    expect(await worker().refund(order)).toEqual({ refunded: true });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
  });

  it('refunds a charge whose answer was lost, and writes down that it did', async () => {
    const order = orderWith('card_lost_answer');
    await worker()
      .charge(order)
      .catch(() => undefined);
    expect(await worker().refund(order)).toEqual({ refunded: true });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
    await expect(worker().charge(order)).rejects.toMatchObject(compensated);
  });

  it('goes on where a refund died between the provider and our books', async () => {
    const order = orderWith();
    await worker().charge(order);
    await expect(worker(interrupted({ after: dies })).refund(order)).rejects.toThrow('died');
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'CHARGED', refunds: 0, providers: 'REFUNDED' });
    expect(await worker().refund(order)).toEqual({ refunded: true });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
  });

  it('fails when the provider knows of no charge that our books have', async () => {
    const order = orderWith();
    await worker().charge(order);
    const forgetful: PaymentProvider = { ...payments.provider, refund: () => Promise.resolve({ refunded: false }) };
    await expect(worker(forgetful).refund(order)).rejects.toThrow('books and ours differ');
    expect(await payments.booksOf(order.orderId)).toMatchObject({ ours: 'CHARGED' });
  });
});

describe('a refund while the provider is asked for the charge', () => {
  it('stops a charge that has not landed', async () => {
    const order = orderWith();
    const late = interrupted({ before: () => worker().refund(order) });
    await expect(worker(late).charge(order)).rejects.toMatchObject(compensated);
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'VOIDED', refunds: 0, providers: 'VOIDED' });
  });

  it('takes back a charge that has landed', async () => {
    const order = orderWith();
    const slow = interrupted({ after: () => worker().refund(order) });
    await expect(worker(slow).charge(order)).rejects.toMatchObject(compensated);
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
  });

  it('is finished by the charge when it died after the provider', async () => {
    const order = orderWith();
    const refundDies = () =>
      worker(interrupted({ after: dies }))
        .refund(order)
        .catch(() => undefined);
    await expect(worker(interrupted({ after: refundDies })).charge(order)).resolves.toBeDefined();
    expect(await worker().refund(order)).toEqual({ refunded: true });
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
  });

  it('is written down by a charge that comes after a refund that died', async () => {
    const lost = orderWith('card_lost_answer');
    await worker()
      .charge(lost)
      .catch(() => undefined);
    await worker(interrupted({ after: dies }))
      .refund(lost)
      .catch(() => undefined);
    await expect(worker().charge(lost)).rejects.toMatchObject(compensated);
    expect(await payments.booksOf(lost.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
  });

  it('gives the money back by hand where the provider has no voiding and charges all the same', async () => {
    const order = orderWith();
    // Nothing stops the late charge there: what the charge then finds in our books must.
    const { orderId, userId, amount, currency } = order;
    const late = interrupted({ before: () => payments.store.recordVoid({ orderId, userId, amount, currency }) });
    await expect(worker(late).charge(order)).rejects.toMatchObject(compensated);
    expect(await payments.booksOf(order.orderId)).toEqual({ ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' });
  });

  it('leaves no money behind, however the two interleave', async () => {
    const orders = Array.from({ length: 10 }, () => orderWith());
    await Promise.all(
      orders
        .flatMap((order) => [worker().charge(order), worker().refund(order), worker().charge(order)])
        .map((work) => work.catch(() => undefined)),
    );
    for (const order of orders) {
      const { refunded } = await worker().refund(order);
      expect(await payments.booksOf(order.orderId)).toEqual(
        refunded
          ? { ours: 'REFUNDED', refunds: 1, providers: 'REFUNDED' }
          : { ours: 'VOIDED', refunds: 0, providers: 'VOIDED' },
      );
    }
  });
});

describe('giveBackParts', () => {
  it('asks for each part that hangs, also where the provider has no answer to one, and tells of all', async () => {
    const order = orderWith();
    await worker().charge(order);
    const part = (name: string) => ({
      ...{ operationId: `${name} ${order.orderId}`, orderId: order.orderId, amount: 1 },
      ...{ reason: 'a scratch', requestedBy: '3' },
    });
    const [done, hangs, open] = [part('a'), part('b'), part('c')];
    await payments.provider.refundPart({ idempotencyKey: done.operationId, chargeKey: order.orderId, amount: 1 });
    for (const one of [done, hangs, open]) await payments.store.openPart(one);
    const provider: PaymentProvider = {
      ...payments.provider,
      refundPart: (request) =>
        request.idempotencyKey === hangs.operationId
          ? Promise.reject(new ProviderUnavailable('no answer'))
          : payments.provider.refundPart(request),
    };
    const reconciliation = createPaymentReconciliation({ prisma: payments.prisma, provider, logger });
    const outcomes = [
      { ...done, outcome: 'refunded' },
      { ...hangs, outcome: 'unanswered' },
      { ...open, outcome: 'refunded' },
    ];
    expect(await reconciliation.giveBackParts(order.orderId)).toEqual(outcomes);
    expect(await reconciliation.giveBackParts(order.orderId)).toEqual(outcomes);
  });

  it('asks for ten at once, however many there are: charges need connections, too', async () => {
    const order = orderWith();
    await worker().charge(order);
    const ids = Array.from({ length: 15 }, (_, index) => `${String(index).padStart(2, '0')} ${order.orderId}`);
    const part = { orderId: order.orderId, amount: 1, reason: 'a scratch', requestedBy: '3' };
    for (const operationId of ids) await payments.store.openPart({ ...part, operationId });
    let [now, most] = [0, 0];
    const provider: PaymentProvider = {
      ...payments.provider,
      refundPart: async (request) => {
        most = Math.max(most, ++now);
        const answer = await payments.provider.refundPart(request);
        now -= 1;
        return answer;
      },
    };
    const reconciliation = createPaymentReconciliation({ prisma: payments.prisma, provider, logger });
    // On a busy machine all of them take longer than a pass gives them.
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const outcomes = await reconciliation.giveBackParts(order.orderId);
    expect(outcomes).toEqual(ids.map((operationId) => ({ ...part, operationId, outcome: 'refunded' })));
    expect(most).toBeLessThanOrEqual(10);
  });
});
