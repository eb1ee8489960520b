import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryUpdate } from '../../contracts/activities/delivery-activities.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { cancel, deliveryUpdate, orderQuery } from './messages.js';
import { ended } from './testing/outcome.js';
import {
  startTimeSkippingSagaTest,
  type SagaHandle,
  type SagaTest,
  type TimeSkippingSagaTest,
} from './testing/saga-test.js';

let test: TimeSkippingSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startTimeSkippingSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

const say = (handle: SagaHandle, status: DeliveryUpdate['status']) =>
  handle.signal(deliveryUpdate, { status, at: '2026-01-01T00:00:00.000Z' });

describe('an order that is delivered', () => {
  it('moves through every status, with one call, one timeline entry and one event each', async () => {
    const { id, handle, answer } = await saga.order();
    expect(answer).toMatchObject({ id, status: 'INVENTORY_RESERVED' });
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'in_transit');
    await say(handle, 'delivered');

    const { order, row, events } = await ended(saga, id, handle);
    expect(order).toMatchObject({
      status: 'COMPLETED',
      paymentId: `payment-${id}`,
      deliveryId: `delivery-${id}`,
      trackingNumber: `track-${id}`,
    });
    expect(row.statuses).toEqual([
      'PENDING',
      'INVENTORY_RESERVED',
      'PAYMENT_COMPLETED',
      'DELIVERY_STARTED',
      'COMPLETED',
    ]);
    expect(row.state.stockDecision).toEqual({ outcome: 'reserved' });
    expect(row.events.map(({ topic }) => topic)).toEqual([
      'inventory-reserved',
      'payment-completed',
      'delivery-started',
      'delivery-completed',
      'order-completed',
    ]);
    expect(row.timeline.map(({ key, service, outcome, attempts }) => [key, service, outcome, attempts])).toEqual([
      ['reserve-stock', 'inventory-service', 'done', 1],
      ['charge-payment', 'payment-service', 'done', 1],
      ['start-delivery', 'delivery-service', 'done', 1],
      ['in-transit', 'delivery-service', 'done', 1],
      ['commit-stock', 'inventory-service', 'done', 1],
    ]);
    expect(saga.shop.calls.filter((call) => call !== 'record-progress')).toEqual([
      'reserve-stock',
      'charge-payment',
      'start-delivery',
      'commit-stock',
    ]);
    expect(events).toBeLessThanOrEqual(47);
  });

  it('is charged once when the answer is lost, and once when the provider errors twice', async () => {
    saga.shop.loseAnswers('charge-payment', 1);
    const lost = await saga.start();
    await say(lost.handle, 'delivered');
    expect((await ended(saga, lost.id, lost.handle)).order.status).toBe('COMPLETED');
    expect(saga.shop.countOf('charge-payment')).toBe(2);

    saga.shop.fail('charge-payment', 2);
    const flaky = await saga.start();
    await say(flaky.handle, 'delivered');
    expect((await ended(saga, flaky.id, flaky.handle)).order.status).toBe('COMPLETED');
    expect(saga.shop.payment(flaky.id)).toBe('charged');
  });

  it('completes when the carrier says delivered before the step that started the delivery has answered', async () => {
    const answer = saga.shop.hold('start-delivery');
    const { id, handle } = await saga.start();
    await answer.reached;
    await say(handle, 'delivered');
    await say(handle, 'in_transit');
    answer.release();

    const { row } = await ended(saga, id, handle);
    expect(row.statuses).toEqual([
      'PENDING',
      'INVENTORY_RESERVED',
      'PAYMENT_COMPLETED',
      'DELIVERY_STARTED',
      'COMPLETED',
    ]);
    expect(row.events.map(({ topic }) => topic)).toContain('delivery-started');
  });

  it('takes each piece of news once: the first end counts', async () => {
    const back = await saga.start();
    await saga.carrierTells(back.id, 'returned');
    for (const status of ['delivered', 'in_transit', 'returned'] as const) await say(back.handle, status);
    expect((await ended(saga, back.id, back.handle)).order.cancelReason).toBe('DELIVERY_RETURNED');

    const { id, handle } = await saga.start();
    await say(handle, 'in_transit');
    await say(handle, 'in_transit');
    await say(handle, 'delivered');
    await say(handle, 'delivered');
    await say(handle, 'returned');
    await say(handle, 'in_transit');

    const { order, row } = await ended(saga, id, handle);
    expect(order.status).toBe('COMPLETED');
    expect(row.timeline.filter(({ key }) => key === 'in-transit')).toHaveLength(1);
    expect(saga.shop.countOf('commit-stock')).toBe(1);
  });

  it('may take months', async () => {
    const { id, handle } = await saga.start({
      carrierSilenceMs: 100 * 86_400_000,
      deliveryAskedEveryMs: 100 * 86_400_000,
    });
    await saga.reached(id, 'DELIVERY_STARTED');
    await test.env.sleep('90 days');
    await say(handle, 'delivered');
    expect((await ended(saga, id, handle)).events).toBeLessThanOrEqual(42);
  });
});

describe('an order that is refused', () => {
  it('for stock: nothing is undone, because nothing was done', async () => {
    saga.shop.stock.set(1, 5);
    const { id, handle, answer } = await saga.order({ quantity: 999 });
    expect(answer).toMatchObject({ status: 'CANCELLED', cancelReason: 'INSUFFICIENT_STOCK' });

    const { row, events } = await ended(saga, id, handle);
    expect(row.statuses).toEqual(['PENDING', 'CANCELLED']);
    expect(row.state.stockDecision).toEqual({ outcome: 'insufficient', productId: 1, requested: 999, available: 5 });
    expect(row.events).toEqual([
      { topic: 'inventory-failed', reason: 'INSUFFICIENT_STOCK' },
      { topic: 'order-cancelled', reason: 'INSUFFICIENT_STOCK' },
    ]);
    expect(saga.shop.calls).toEqual(['reserve-stock', 'record-progress']);
    expect(saga.shop.stock.get(1)).toBe(5);
    expect(events).toBeLessThanOrEqual(15);
  });

  it('for payment: the stock is released', async () => {
    const { id, handle } = await saga.order({ paymentMethod: 'card_declined' });
    const { order, row, events } = await ended(saga, id, handle);

    expect(order.cancelReason).toBe('PAYMENT_DECLINED');
    expect(row.statuses).toEqual(['PENDING', 'INVENTORY_RESERVED', 'CANCELLING', 'CANCELLED']);
    expect(row.events).toEqual([
      { topic: 'inventory-reserved' },
      { topic: 'payment-failed', reason: 'card_declined' },
      { topic: 'order-cancelled', reason: 'PAYMENT_DECLINED' },
    ]);
    expect(saga.shop.reservation(id)).toBe('released');
    expect(saga.shop.countOf('refund-payment')).toBe(0);
    expect(row.timeline.map(({ key, outcome }) => `${key} ${outcome}`)).toEqual([
      'reserve-stock done',
      'charge-payment refused',
      'release-stock undone',
      'cancelled done',
    ]);
    expect(events).toBeLessThanOrEqual(30);
  });

  it('for delivery: the charge is refunded and the stock released', async () => {
    const { id, handle } = await saga.order({ postalCode: '00000' });
    const { order, row, events } = await ended(saga, id, handle);

    expect(order.cancelReason).toBe('DELIVERY_REFUSED');
    expect(row.statuses.slice(-3)).toEqual(['PAYMENT_COMPLETED', 'CANCELLING', 'CANCELLED']);
    expect(saga.shop.payment(id)).toBe('refunded');
    expect(saga.shop.reservation(id)).toBe('released');
    expect(saga.shop.countOf('cancel-delivery')).toBe(0);
    expect(events).toBeLessThanOrEqual(44);
  });

  it('by whoever it was sent to: it comes back, is refunded and its stock is released', async () => {
    const { id, handle } = await saga.order();
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'in_transit');
    await saga.carrierTells(id, 'returned');

    const { order, row, events } = await ended(saga, id, handle);
    expect(order.cancelReason).toBe('DELIVERY_RETURNED');
    expect(row.statuses.slice(-3)).toEqual(['DELIVERY_STARTED', 'CANCELLING', 'CANCELLED']);
    expect(row.timeline.map(({ key }) => key)).toContain('returned');
    expect(saga.shop.payment(id)).toBe('refunded');
    expect(saga.shop.reservation(id)).toBe('released');
    expect(saga.shop.countOf('cancel-delivery')).toBe(0);
    expect(events).toBeLessThanOrEqual(56);
  });
});

describe('what is written down', () => {
  it('is never shown before it is written', async () => {
    const written = saga.shop.hold('record-progress');
    const { id, handle } = await saga.start();
    await written.reached;
    expect(await handle.query(orderQuery)).toMatchObject({ status: 'PENDING' });
    written.release();
    await say(handle, 'delivered');
    await ended(saga, id, handle);
  });

  it('goes through the queue when the local try fails, for as long as it takes', async () => {
    const { id, handle } = await saga.start();
    await saga.reached(id, 'DELIVERY_STARTED');
    saga.shop.down('record-progress');
    await say(handle, 'delivered');
    await test.env.sleep('5 minutes');
    expect(saga.shop.row(id).order.status).toBe('DELIVERY_STARTED');
    saga.shop.up('record-progress');

    const { order, events } = await ended(saga, id, handle);
    expect(order.status).toBe('COMPLETED');
    expect(events).toBeLessThanOrEqual(72);
  });

  it('does not end the order when it is failed for good, by hand for instance', async () => {
    saga.shop.down('record-progress', () => ApplicationFailure.nonRetryable('failed by hand'));
    const { id, handle } = await saga.start();
    await waitFor('some tries', () => saga.shop.countOf('record-progress') >= 2);
    saga.shop.up('record-progress');
    await say(handle, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('holds when messages come without what they should carry', async () => {
    const { id, handle } = await saga.start();
    await handle.signal('deliveryUpdate');
    await expect(handle.executeUpdate(cancel.name)).rejects.toMatchObject({ cause: { type: 'InvalidCancelRequest' } });
    await say(handle, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });
});
