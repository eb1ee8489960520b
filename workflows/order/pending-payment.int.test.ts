import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ATTENTION_PAUSES_MS } from '../../contracts/saga-steps.js';
import { PAYMENT_WINDOWS_MS } from '../../contracts/payment-methods.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { cancel, orderQuery, paymentChanged, settled } from './messages.js';
import { ended } from './testing/outcome.js';
import { startTimeSkippingSagaTest, type SagaTest, type TimeSkippingSagaTest } from './testing/saga-test.js';
import { USUAL_TIMES } from './testing/usual-times.js';

let test: TimeSkippingSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startTimeSkippingSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

const DAY_MS = 86_400_000;
const paymentWindowMs = PAYMENT_WINDOWS_MS.get('bank_transfer') ?? 0;
const { paymentAskedEveryMs = 0, attentionAfterMs } = USUAL_TIMES;

/** It has come to wait; asked once. */
const pending = async () => {
  const placed = await saga.order({ paymentMethod: 'bank_transfer', paymentWindowMs });
  await waitFor('the wait', () => saga.shop.row(placed.id).order.payment);
  return placed;
};
const looks = () => saga.shop.countOf('charge-payment');
const linesOf = (id: string) => saga.shop.linesOf(id);
const completes = async ({ id, handle }: Awaited<ReturnType<typeof pending>>) => {
  await saga.reached(id, 'DELIVERY_STARTED');
  await saga.carrierTells(id, 'delivered');
  expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
};

describe('a payment that is pending', () => {
  it('is shown while the order waits, its stock held, and goes on at once when it is said to have changed', async () => {
    const placed = await pending();
    const { id, handle } = placed;
    const { payment, ...order } = await handle.query(orderQuery);
    expect(order).toMatchObject({ status: 'INVENTORY_RESERVED', needsAttention: false });
    expect(payment?.status).toBe('PROCESSING');
    const left = Date.parse(payment?.expiresAt ?? '') - (await test.env.currentTimeMs());
    expect(left).toBeGreaterThan(paymentWindowMs - 60_000);
    expect(left).toBeLessThanOrEqual(paymentWindowMs);
    expect(saga.shop.reservation(id)).toBe('held');

    saga.shop.paymentBecomes(id, 'charged');
    await handle.signal(paymentChanged);
    await completes(placed);
    expect(looks()).toBe(2);
    expect(saga.shop.row(id).order).not.toHaveProperty('payment');
    expect(linesOf(id).slice(0, 4)).toEqual([
      'reserve-stock done',
      'charge-payment asked not paid yet',
      'charge-payment done',
      'start-delivery done',
    ]);
  });

  it('is asked for where nobody says so: every few minutes at first, and more seldom the longer it takes', async () => {
    const placed = await pending();
    await test.env.sleep(paymentAskedEveryMs * 3.5);
    expect(looks()).toBe(4);
    await test.env.sleep(2 * DAY_MS);
    expect(looks()).toBeLessThan(100);
    saga.shop.paymentBecomes(placed.id, 'charged');
    await test.env.sleep(0.22 * DAY_MS);
    await completes(placed);
  });

  it('is asked for at once where it was said to have changed before the Saga waited', async () => {
    const answer = saga.shop.hold('charge-payment');
    const { id, handle } = await saga.order({ paymentMethod: 'bank_transfer', paymentWindowMs });
    await answer.reached;
    saga.shop.paymentBecomes(id, 'charged');
    await handle.signal(paymentChanged);
    answer.release();
    await saga.reached(id, 'DELIVERY_STARTED');
    expect(looks()).toBe(2);
  });

  it('changes nothing but the time when that is said falsely, twice, or of an order that waits for no payment', async () => {
    const placed = await pending();
    const { id, handle } = placed;
    for (const times of [2, 3]) {
      await handle.signal(paymentChanged);
      await waitFor('another look', () => looks() === times);
    }
    expect(saga.shop.row(id).order.status).toBe('INVENTORY_RESERVED');
    expect(linesOf(id).filter((line) => line.startsWith('charge-payment'))).toHaveLength(1);
    saga.shop.paymentBecomes(id, 'charged');
    await handle.signal(paymentChanged);
    await handle.signal(paymentChanged);
    await saga.reached(id, 'DELIVERY_STARTED');
    await handle.signal(paymentChanged);
    await completes(placed);
  });

  it('refused in the end: the order ends as a declined one', async () => {
    const { id, handle } = await pending();
    saga.shop.paymentBecomes(id, 'declined');
    await handle.signal(paymentChanged);
    const { order, row } = await ended(saga, id, handle);
    expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_DECLINED' });
    expect(row.events).toContainEqual({ topic: 'payment-failed', reason: 'refused_by_customer' });
    expect(saga.shop.reservation(id)).toBe('released');
  });

  it('not paid in the window of its method: the order is undone, and a mark refuses what comes later', async () => {
    const { id, handle } = await pending();
    const { order, row } = await ended(saga, id, handle);
    expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_TIMEOUT' });
    expect(order).not.toHaveProperty('payment');
    expect(linesOf(id)).toContain('charge-payment timed-out NotPaid');
    expect(row.events).toContainEqual({ topic: 'payment-failed', reason: 'PAYMENT_TIMEOUT' });
    expect(saga.shop.payment(id)).toBe('mark');
    expect(saga.shop.reservation(id)).toBe('released');
  });

  it('is called off as a charge is: what comes later is refused', async () => {
    const { id, handle } = await pending();
    await handle.executeUpdate(cancel, { args: [{ by: 'customer' }] });
    const { order } = await ended(saga, id, handle);
    expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: 'CUSTOMER_REQUEST' });
    expect(order).not.toHaveProperty('payment');
    expect(saga.shop.payment(id)).toBe('mark');
  });

  it('paid in the last moment: asked once more before the end', async () => {
    const placed = await pending();
    await test.env.sleep(paymentWindowMs - 60_000);
    saga.shop.paymentBecomes(placed.id, 'charged');
    await test.env.sleep(60_000);
    await completes(placed);
  });
});

it('what a provider says and nobody can read stops no order, and a page that is none is not shown', async () => {
  const [url, expiresAt] = ['javascript:alert(1)', 'soon'];
  saga.shop.pendingCharge = { nextAction: { type: 'redirect', url }, expiresAt };
  const placed = await pending();
  expect(saga.shop.row(placed.id).order.payment).toEqual({
    status: 'ACTION_REQUIRED',
    expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  });
  saga.shop.paymentBecomes(placed.id, 'charged');
  await placed.handle.signal(paymentChanged);
  await completes(placed);
});

describe('a provider that is away while a payment is pending', () => {
  const away = async () => {
    const placed = await pending();
    saga.shop.down('charge-payment', () => ApplicationFailure.retryable('is down', 'ProviderUnavailable'));
    await placed.handle.signal(paymentChanged);
    await test.env.sleep(attentionAfterMs + 1_000);
    await saga.needsAttention(placed.id);
    return placed;
  };

  it('asks for an operator, and for none any more once it answers, though that is not yet', async () => {
    const placed = await away();
    saga.shop.up('charge-payment');
    await test.env.sleep('2 minutes');
    await waitFor('the answer', () => !saga.shop.row(placed.id).order.needsAttention);
    expect(saga.shop.row(placed.id).order.payment?.status).toBe('PROCESSING');
    saga.shop.paymentBecomes(placed.id, 'charged');
    await placed.handle.signal(paymentChanged);
    await completes(placed);
  });

  it('is asked at once when it is said to have changed, and pauses begin short again after each answer', async () => {
    const placed = await away();
    saga.shop.up('charge-payment');
    await placed.handle.signal(paymentChanged);
    await waitFor('the answer', () => !saga.shop.row(placed.id).order.needsAttention);
    saga.shop.down('charge-payment', () => ApplicationFailure.retryable('is down', 'ProviderUnavailable'));
    await placed.handle.signal(paymentChanged);
    await test.env.sleep(attentionAfterMs + 1_000);
    await saga.needsAttention(placed.id);
    saga.shop.up('charge-payment');
    saga.shop.paymentBecomes(placed.id, 'charged');
    await test.env.sleep(ATTENTION_PAUSES_MS[0]);
    await completes(placed);
  });

  it('settled by the operator: goes on as paid', async () => {
    const placed = await away();
    await placed.handle.signal(settled);
    await completes(placed);
  });
});
