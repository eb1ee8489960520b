import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { orderQuery, retry, settled } from './messages.js';
import { ended } from './testing/outcome.js';
import {
  startTimeSkippingSagaTest,
  type SagaHandle,
  type SagaTest,
  type TimeSkippingSagaTest,
} from './testing/saga-test.js';
import { USUAL_TIMES } from './testing/usual-times.js';

const { paymentWindowMs } = USUAL_TIMES;

let test: TimeSkippingSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startTimeSkippingSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

type Event = NonNullable<Awaited<ReturnType<SagaHandle['fetchHistory']>>['events']>[number];

const timeOf = (event: Event | undefined) =>
  Number(event?.eventTime?.seconds) * 1_000 + Number(event?.eventTime?.nanos) / 1_000_000;

/** From the first charge to the moment when the undo begins. */
async function windowOf(handle: SagaHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  const scheduled = (name: string) =>
    events?.find(({ activityTaskScheduledEventAttributes: activity }) => activity?.activityType?.name === name);
  return timeOf(scheduled('releaseStock')) - timeOf(scheduled('chargePayment'));
}

/** What the window's end has to leave, whatever kept the payment back. */
async function expectUndone(id: string, handle: SagaHandle): Promise<void> {
  const { order, row } = await ended(saga, id, handle);
  expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_TIMEOUT', needsAttention: false });
  expect(row.statuses).toEqual(['PENDING', 'INVENTORY_RESERVED', 'CANCELLING', 'CANCELLED']);
  expect(row.events).toEqual([
    { topic: 'inventory-reserved' },
    { topic: 'payment-failed', reason: 'PAYMENT_TIMEOUT' },
    { topic: 'order-cancelled', reason: 'PAYMENT_TIMEOUT' },
  ]);
  expect(saga.shop.reservation(id)).toBe('released');
  const window = await windowOf(handle);
  expect(window).toBeGreaterThan(paymentWindowMs - 5_000);
  expect(window).toBeLessThan(paymentWindowMs + 5_000);
}

describe('a payment that can not be made in its window', () => {
  it('undoes the order at its end, with a provider that is down, though an operator has been asked', async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.order();
    await test.env.sleep(paymentWindowMs - 5_000);
    await saga.needsAttention(id);
    expect(await handle.query(orderQuery)).toMatchObject({ status: 'INVENTORY_RESERVED', needsAttention: true });

    await expectUndone(id, handle);
    expect(saga.shop.payment(id)).toBe('mark');
    const { timeline } = saga.shop.row(id);
    expect(timeline.find(({ key }) => key === 'charge-payment')).toMatchObject({
      outcome: 'timed-out',
      detail: 'ServiceDown',
    });
    expect(timeline.filter(({ key }) => key.startsWith('attention'))).toHaveLength(1);
  });

  it('gives back what was charged all the same', async () => {
    saga.shop.loseAnswers('charge-payment');
    const { id, handle } = await saga.order();
    await expectUndone(id, handle);
    expect(saga.shop.payment(id)).toBe('refunded');
  });

  it('is undone at its end also between two tries, and when it failed for good', async () => {
    saga.shop.down('charge-payment', () => ApplicationFailure.nonRetryable('a bug', 'BrokenRequest'));
    const { id, handle } = await saga.order();
    await expectUndone(id, handle);
  });

  it('is undone at its end also where the window is shorter than ATTENTION_AFTER', async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.order({ paymentWindowMs: 60_000 });
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('PAYMENT_TIMEOUT');
  });
});

describe('before the end of the window', () => {
  const lastMoment = async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.order();
    await test.env.sleep(paymentWindowMs - 5_000);
    await saga.needsAttention(id);
    return { id, handle };
  };

  it('a charge counts that comes in its last seconds', async () => {
    const { id, handle } = await lastMoment();
    saga.shop.up('charge-payment');
    await handle.signal(retry);
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('settled counts: the window is over with its step', async () => {
    const { id, handle } = await lastMoment();
    await handle.signal(settled);
    await saga.reached(id, 'DELIVERY_STARTED');
    await test.env.sleep(paymentWindowMs);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });
});
