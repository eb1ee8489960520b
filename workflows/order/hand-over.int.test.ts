import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../tests/support/wait-for.js';
import { cancel, giveUp, orderQuery, paymentChanged, retry, settled } from './messages.js';
import { ended } from './testing/outcome.js';
import { startTimeSkippingSagaTest, type SagaTest, type TimeSkippingSagaTest } from './testing/saga-test.js';

let test: TimeSkippingSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startTimeSkippingSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

/** Its money is held, its parcel booked. */
const booked = async (options: Parameters<SagaTest['order']>[0] = {}) => {
  const placed = await saga.order({ paymentCapture: 'at_hand_over', ...options });
  await saga.reached(placed.id, 'DELIVERY_STARTED');
  return placed;
};
const captures = () => saga.shop.countOf('capture-payment');
const linesOf = (id: string) => saga.shop.linesOf(id);

describe('an order that is paid at the hand-over', () => {
  it('is held when it is placed, and captured once, when the carrier has the parcel', async () => {
    const { id, handle } = await booked();
    expect(saga.shop.payment(id)).toBe('held');
    const expiresAt = '2030-01-01T00:00:00.000Z';
    expect(await handle.query(orderQuery)).toMatchObject({
      paymentId: `payment-${id}`,
      payment: { status: 'HELD', expiresAt },
    });
    expect(captures()).toBe(0);

    for (let times = 0; times < 2; times++) await saga.carrierTells(id, 'in_transit');
    await waitFor('the capture', () => saga.shop.row(id).order.payment?.status === 'CAPTURED');
    await saga.carrierTells(id, 'delivered');
    const { order } = await ended(saga, id, handle);
    expect(order).toMatchObject({ status: 'COMPLETED', payment: { status: 'CAPTURED' } });
    expect(captures()).toBe(1);
    expect(linesOf(id)).toEqual([
      'reserve-stock done',
      'charge-payment done held',
      'start-delivery done',
      'in-transit done',
      'capture-payment done',
      'commit-stock done',
    ]);
  });

  it('is captured before its stock leaves the books, where the first that is heard is that it is delivered', async () => {
    const { id, handle } = await booked();
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(linesOf(id).slice(-2)).toEqual(['capture-payment done', 'commit-stock done']);
  });

  it('is let go of, and never captured, where it is called off before', async () => {
    const { id, handle } = await booked();
    await handle.executeUpdate(cancel, { args: [{ by: 'customer' }] });
    const { order } = await ended(saga, id, handle);
    expect(order.status).toBe('CANCELLED');
    expect(order).not.toHaveProperty('payment');
    expect([saga.shop.payment(id), captures(), saga.shop.countOf('refund-payment')]).toEqual(['voided', 0, 1]);
  });

  it('is let go of where the parcel comes back before it was said to be on its way', async () => {
    const { id, handle } = await booked();
    await saga.carrierTells(id, 'returned');
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('DELIVERY_RETURNED');
    expect([saga.shop.payment(id), captures()]).toEqual(['voided', 0]);
  });

  it('is let go of where the carrier refuses the parcel', async () => {
    const { id, handle } = await saga.order({ paymentCapture: 'at_hand_over', postalCode: '00000' });
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('DELIVERY_REFUSED');
    expect([saga.shop.payment(id), captures()]).toEqual(['voided', 0]);
  });

  it('is given back once where the parcel comes back after it was captured', async () => {
    const { id, handle } = await booked();
    await saga.carrierTells(id, 'in_transit');
    await waitFor('the capture', () => saga.shop.payment(id) === 'charged');
    await saga.carrierTells(id, 'returned');
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('DELIVERY_RETURNED');
    expect([saga.shop.payment(id), saga.shop.countOf('refund-payment')]).toEqual(['refunded', 1]);
  });

  it('is captured once though the answer is lost', async () => {
    const { id, handle } = await booked();
    saga.shop.loseAnswers('capture-payment', 1);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect([saga.shop.payment(id), captures()]).toEqual(['charged', 2]);
  });

  it('is given back where the parcel came back, and nobody ever heard of its capture', async () => {
    const { id, handle } = await booked();
    const capture = saga.shop.hold('capture-payment', ApplicationFailure.nonRetryable('no answer', 'AnswerLost'));
    await saga.carrierTells(id, 'in_transit');
    await capture.reached;
    await saga.carrierTells(id, 'returned');
    await waitFor('its attempt to be called off', async () => {
      const { events } = await handle.fetchHistory();
      return events?.some((event) => event.activityTaskCancelRequestedEventAttributes);
    });
    capture.release();
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('DELIVERY_RETURNED');
    expect([saga.shop.payment(id), captures()]).toEqual(['refunded', 1]);
  });

  it('needs nobody where the payment could not be held, and was taken at once', async () => {
    const { id, handle } = await saga.order({ paymentCapture: 'at_hand_over', paymentMethod: 'bank_transfer' });
    await waitFor('the wait', () => saga.shop.row(id).order.payment);
    saga.shop.paymentBecomes(id, 'charged');
    await handle.signal(paymentChanged);
    await saga.reached(id, 'DELIVERY_STARTED');
    expect(saga.shop.row(id).order).not.toHaveProperty('payment');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });
});

describe('a charge that an operator has settled', () => {
  it('is captured by nobody: it is paid another way', async () => {
    saga.shop.down('charge-payment', () => ApplicationFailure.nonRetryable('a mistake', 'Mistake'));
    const { id, handle } = await saga.order({ paymentCapture: 'at_hand_over' });
    await saga.needsAttention(id);
    await handle.signal(settled);
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'in_transit');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(captures()).toBe(0);
  });
});

describe('a capture that is refused', () => {
  const refused = async () => {
    saga.shop.refusesToCapture = true;
    const placed = await booked();
    await saga.carrierTells(placed.id, 'in_transit');
    await saga.needsAttention(placed.id);
    expect(saga.shop.row(placed.id).order).toMatchObject({
      status: 'DELIVERY_STARTED',
      attention: { step: 'capture-payment', error: 'CaptureRefused' },
      payment: { status: 'HELD' },
    });
    return placed;
  };

  it('undoes nothing by itself, and goes on once an operator has it tried again', async () => {
    const { id, handle } = await refused();
    expect(saga.shop.countOf('refund-payment')).toBe(0);
    saga.shop.refusesToCapture = false;
    await handle.signal(retry);
    await waitFor('the capture', () => saga.shop.row(id).order.payment?.status === 'CAPTURED');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order).toMatchObject({ status: 'COMPLETED', needsAttention: false });
  });

  it('is tried again when the provider says that there is news of it', async () => {
    const { id, handle } = await refused();
    saga.shop.paymentBecomes(id, 'charged');
    await handle.signal(paymentChanged);
    await waitFor('the capture', () => saga.shop.row(id).order.payment?.status === 'CAPTURED');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('undoes the order, and lets go of what is held, once an operator gives it up', async () => {
    const { id, handle } = await refused();
    await handle.signal(giveUp);
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('OPERATOR_REQUEST');
    expect([saga.shop.payment(id), saga.shop.delivery(id), saga.shop.reservation(id)]).toEqual([
      'voided',
      'cancelled',
      'released',
    ]);
  });

  it('is asked for no longer once the parcel comes back: the order is undone, and what is held let go of', async () => {
    const { id, handle } = await refused();
    await saga.carrierTells(id, 'returned');
    const { order } = await ended(saga, id, handle);
    expect(order).toMatchObject({ cancelReason: 'DELIVERY_RETURNED', needsAttention: false });
    expect([saga.shop.payment(id), saga.shop.reservation(id)]).toEqual(['voided', 'released']);
  });

  it('is gone on without once an operator has settled it', async () => {
    const { id, handle } = await refused();
    await handle.signal(settled);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(linesOf(id)).toContain('capture-payment done settled by an operator');
  });

  it('of what is delivered can not be undone any more: who gives it up is not heard', async () => {
    const { id, handle } = await booked();
    saga.shop.refusesToCapture = true;
    await saga.carrierTells(id, 'delivered');
    await saga.needsAttention(id);
    await handle.signal(giveUp);
    saga.shop.refusesToCapture = false;
    await handle.signal(retry);
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(saga.shop.countOf('refund-payment')).toBe(0);
  });
});
