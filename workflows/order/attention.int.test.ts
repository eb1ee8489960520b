import { ApplicationFailure } from '@temporalio/common';
import { workflowMetadataQuery } from '@temporalio/workflow';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SagaStep, ATTENTION_PAUSES_MS } from '../../contracts/saga-steps.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { cancel, giveUp, orderQuery, retry, settled } from './messages.js';
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

/** An order whose `step` is down, at the moment when an operator is asked. */
async function stuckAt(step: SagaStep, failure?: () => Error): Promise<{ id: string; handle: SagaHandle }> {
  saga.shop.down(step, failure);
  const { id, handle } = await saga.start();
  if (step === 'commit-stock') await saga.carrierTells(id, 'delivered');
  await waitFor('the first try', () => saga.shop.countOf(step) > 0);
  await test.env.sleep('125s');
  await saga.needsAttention(id);
  return { id, handle };
}

const shownInSearch = async (handle: SagaHandle) => {
  const { typedSearchAttributes } = await handle.describe();
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
};

/** Not the carrier's time. */
const pausesOf = async (handle: SagaHandle) => {
  const { events } = await handle.fetchHistory();
  return (events ?? [])
    .flatMap(({ timerStartedEventAttributes: timer }) =>
      timer ? [Number(timer.startToFireTimeout?.seconds) * 1_000] : [],
    )
    .filter((ms) => ms <= 3_600_000);
};

const keysOf = (id: string) => saga.shop.row(id).timeline.map(({ key, outcome }) => `${key} ${outcome}`);

describe('a step that does not succeed in time', () => {
  it('asks for an operator, who sees the order, the step and a code', async () => {
    const { id, handle } = await stuckAt('charge-payment');
    const { order, timeline } = saga.shop.row(id);
    expect(order).toMatchObject({
      status: 'INVENTORY_RESERVED',
      needsAttention: true,
      attention: { step: 'charge-payment', error: 'ServiceDown' },
    });
    expect(timeline.at(-1)).toMatchObject({ key: 'attention-charge-payment-1', outcome: 'failing', attempts: 1 });
    await waitFor('search attributes', async () => (await shownInSearch(handle)).NeedsAttention === true);
    expect(await shownInSearch(handle)).toMatchObject({
      OrderStatus: 'INVENTORY_RESERVED',
      NeedsAttention: true,
      AttentionStep: 'charge-payment',
      AttentionReason: 'UNAVAILABLE',
    });
    expect(await handle.query(orderQuery)).toEqual(order);

    saga.shop.up('charge-payment');
    await handle.signal(retry);
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'delivered');
    const { events } = await ended(saga, id, handle);
    const shown = await shownInSearch(handle);
    expect(shown).toMatchObject({ OrderStatus: 'COMPLETED', NeedsAttention: false });
    expect(shown.AttentionStep).toBeFalsy();
    expect(shown.AttentionReason).toBeFalsy();
    expect(keysOf(id)).toContain('charge-payment done');
    expect(events).toBeLessThanOrEqual(55);
  });

  it('shows on its page where it stands, why, and when it goes again', async () => {
    const { id, handle } = await stuckAt('charge-payment');
    const details = async () => (await handle.query(workflowMetadataQuery)).currentDetails ?? '';
    const resting = await waitFor('the pause', async () => {
      const text = await details();
      return text.includes('by the signal retry') && text;
    });
    const { since } = saga.shop.row(id).order.attention ?? {};
    expect(resting.replace(/( at )[^,]+, or/, '$1TIME, or').split('\n')).toEqual([
      '- **Step:** charge-payment, by payment-service',
      `- **Waits for:** an operator, since ${since}`,
      '- **Why:** UNAVAILABLE: the service answers, but that it can not',
      '- **Last error:** ServiceDown',
      '- **Next attempt:** round 2 at TIME, or at once by the signal retry',
    ]);
    const [, next = ''] = /Next attempt:\*\* round 2 at ([^,]+),/.exec(resting) ?? [];
    const pause = Date.parse(next) - Date.parse(since ?? '');
    expect(pause).toBeGreaterThanOrEqual(ATTENTION_PAUSES_MS[0]);
    expect(pause).toBeLessThan(ATTENTION_PAUSES_MS[0] + 10_000);

    saga.shop.up('charge-payment');
    await handle.signal(retry);
    await saga.reached(id, 'DELIVERY_STARTED');
    expect(await details()).toBe('- **Order:** Waits for the carrier to deliver it.');
    await saga.carrierTells(id, 'delivered');
    await ended(saga, id, handle);
    expect(await details()).toBe('- **Order:** Completed.');
  });

  it('goes on by itself, with growing pauses, and asks once', async () => {
    const { id, handle } = await stuckAt('reserve-stock');
    await test.env.sleep('4 hours');
    saga.shop.up('reserve-stock');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    const pauses = await pausesOf(handle);
    expect(pauses.length).toBeGreaterThan(ATTENTION_PAUSES_MS.length);
    expect(pauses).toEqual(pauses.map((_, n) => ATTENTION_PAUSES_MS[Math.min(n, ATTENTION_PAUSES_MS.length - 1)]));
    expect(keysOf(id).filter((key) => key.startsWith('attention'))).toHaveLength(1);
  });

  it('asks at once when it failed for good without being refused, and again when the cause changes', async () => {
    saga.shop.down('charge-payment', () => ApplicationFailure.nonRetryable('a bug', 'BrokenRequest'));
    const { id, handle } = await saga.start();
    await saga.needsAttention(id);
    expect(saga.shop.countOf('charge-payment')).toBe(1);
    await waitFor('search attributes', async () => (await shownInSearch(handle)).AttentionReason === 'FAILED');

    saga.shop.down('charge-payment', () => ApplicationFailure.nonRetryable('another bug', 'OtherBug'));
    await handle.signal(retry);
    await waitFor('the other', () => saga.shop.row(id).order.attention?.error === 'OtherBug');
    saga.shop.up('charge-payment');
    await handle.signal(retry);
    await saga.carrierTells(id, 'delivered');
    await ended(saga, id, handle);
    expect(keysOf(id).filter((key) => key.startsWith('attention'))).toEqual([
      'attention-charge-payment-1 failing',
      'attention-charge-payment-2 failing',
    ]);
  });
});

describe('retry', () => {
  it('is for nothing when nothing waits, now and later', async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.start();
    await handle.signal(retry);
    await handle.signal(settled);
    await test.env.sleep('125s');
    await saga.needsAttention(id);
    const rounds = saga.shop.countOf('charge-payment');
    await handle.query(orderQuery);
    expect(saga.shop.countOf('charge-payment')).toBe(rounds);
    saga.shop.up('charge-payment');
    await saga.carrierTells(id, 'delivered');
    await ended(saga, id, handle);
    expect(await pausesOf(handle)).toEqual([30_000]);
  });

  it('counts once: what fails again pauses again', async () => {
    const { id, handle } = await stuckAt('charge-payment');
    await handle.signal(retry);
    await test.env.sleep('125s');
    await waitFor('the second pause', async () => (await pausesOf(handle)).length === 2);
    saga.shop.up('charge-payment');
    await saga.carrierTells(id, 'delivered');
    await ended(saga, id, handle);
    expect(await pausesOf(handle)).toEqual([30_000, 60_000]);
  });
});

describe('settled', () => {
  const forward = ['reserve-stock', 'charge-payment', 'start-delivery', 'commit-stock'] as const;

  it.each(forward)('lets an order go on without %s', async (step) => {
    const { id, handle } = await stuckAt(step);
    await handle.signal(settled);
    await saga.carrierTells(id, 'delivered');
    const { order, row } = await ended(saga, id, handle);
    expect(order.status).toBe('COMPLETED');
    expect(row.timeline.find(({ key }) => key === step)).toMatchObject({
      outcome: 'done',
      detail: 'settled by an operator',
    });
    expect(await pausesOf(handle)).toEqual([30_000]);
  });
});

describe('giving up what waits', () => {
  it.each(['reserve-stock', 'charge-payment', 'start-delivery'] as const)('undoes an order at %s', async (step) => {
    const { id, handle } = await stuckAt(step);
    await handle.signal(giveUp);
    const { order } = await ended(saga, id, handle);
    expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: 'OPERATOR_REQUEST' });
    expect(await shownInSearch(handle)).toMatchObject({
      OrderStatus: 'CANCELLED',
      CancelReason: 'OPERATOR_REQUEST',
      NeedsAttention: false,
    });
  });

  it('is no way out once it is delivered', async () => {
    const { id, handle } = await stuckAt('commit-stock');
    await handle.signal(giveUp);
    saga.shop.up('commit-stock');
    await handle.signal(retry);
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('is open to customers too: they may cancel what waits', async () => {
    const { id, handle } = await stuckAt('charge-payment');
    expect(await handle.executeUpdate(cancel, { args: [{ by: 'customer' }] })).toMatchObject({ status: 'CANCELLED' });
    expect((await ended(saga, id, handle)).order.needsAttention).toBe(false);
  });
});

describe('what can not be written down', () => {
  it('is shown in the search, though its row can not say so, and goes on at once on retry', async () => {
    saga.shop.down('record-progress');
    const { id, handle } = await saga.start();
    await test.env.sleep('130s');
    await waitFor('the search', async () => (await shownInSearch(handle)).AttentionStep === 'record-progress');
    expect(await shownInSearch(handle)).toMatchObject({ NeedsAttention: true, AttentionReason: 'UNAVAILABLE' });
    expect(saga.shop.row(id).order).toMatchObject({ status: 'PENDING', needsAttention: false });

    saga.shop.up('record-progress');
    await handle.signal(retry);
    await saga.reached(id, 'DELIVERY_STARTED');
    await waitFor('the search', async () => (await shownInSearch(handle)).NeedsAttention === false);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(await pausesOf(handle)).toContain(30_000);
  });

  it('is not settled: it is written once it can be', async () => {
    saga.shop.down('record-progress');
    const { id, handle } = await saga.start({ attentionAfterMs: 1_000 });
    const isShown = async () => (await shownInSearch(handle)).AttentionStep === 'record-progress';
    await waitFor('the search', isShown);
    const tried = saga.shop.countOf('record-progress');
    await handle.signal(settled);
    await waitFor('another try', () => saga.shop.countOf('record-progress') > tried);
    saga.shop.up('record-progress');
    await handle.signal(retry);
    await saga.reached(id, 'DELIVERY_STARTED');
    expect(saga.shop.row(id).statuses).toEqual([
      'PENDING',
      'INVENTORY_RESERVED',
      'PAYMENT_COMPLETED',
      'DELIVERY_STARTED',
    ]);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('is shown at once when it does not fit: an event that its schema refuses, for instance', async () => {
    saga.shop.down('record-progress', () => ApplicationFailure.retryable('no such field', 'UnfitEvent'));
    const { id, handle } = await saga.start();
    await waitFor('the search', async () => (await shownInSearch(handle)).NeedsAttention === true);
    expect(await shownInSearch(handle)).toMatchObject({ AttentionStep: 'record-progress', AttentionReason: 'FAILED' });
    saga.shop.up('record-progress');
    await handle.signal(retry);
    await saga.carrierTells(id, 'delivered');
    await ended(saga, id, handle);
  });

  it('holds up neither what an operator asks nor the undo that follows', async () => {
    const { id, handle } = await saga.start();
    await saga.reached(id, 'DELIVERY_STARTED');
    saga.shop.down('record-progress');
    await handle.signal(giveUp);
    await waitFor('a try', () => saga.shop.countOf('record-progress') > 6);
    await test.env.sleep('130s');
    await waitFor('the search', async () => (await shownInSearch(handle)).AttentionStep === 'record-progress');
    saga.shop.up('record-progress');
    await handle.signal(retry);
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('OPERATOR_REQUEST');
  });
});

describe('a compensation that does not succeed in time', () => {
  it('the release: holds up no refund, and the order is not cancelled before it is done', async () => {
    saga.shop.down('release-stock');
    const { id, handle } = await saga.start({ postalCode: '00000' });
    await waitFor('the refund', () => saga.shop.payment(id) === 'refunded');
    await test.env.sleep('125s');
    await saga.needsAttention(id);
    expect(saga.shop.row(id).order).toMatchObject({ status: 'CANCELLING', attention: { step: 'release-stock' } });
    saga.shop.up('release-stock');
    await handle.signal(retry);
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('DELIVERY_REFUSED');
  });

  it('asks for an operator and holds up no other; giving up is no answer to it, retry is', async () => {
    saga.shop.down('refund-payment');
    const { id, handle } = await saga.start({ postalCode: '00000' });
    await waitFor('the release', () => saga.shop.reservation(id) === 'released');
    await test.env.sleep('125s');
    await saga.needsAttention(id);
    expect(saga.shop.row(id).order).toMatchObject({ status: 'CANCELLING', attention: { step: 'refund-payment' } });
    expect(keysOf(id)).toContain('release-stock undone');

    await handle.signal(giveUp);
    await test.env.sleep('10 minutes');
    expect(saga.shop.row(id).order).toMatchObject({ status: 'CANCELLING', needsAttention: true });
    saga.shop.up('refund-payment');
    await handle.signal(retry);
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('DELIVERY_REFUSED');
    expect(saga.shop.payment(id)).toBe('refunded');
  });

  it('waits beside another: the row shows one, then the other, and an answer goes to both', async () => {
    saga.shop.down('refund-payment');
    saga.shop.down('release-stock');
    const { id, handle } = await saga.start({ postalCode: '00000' });
    await test.env.sleep('125s');
    await waitFor('both to wait', () => keysOf(id).filter((key) => key.startsWith('attention')).length === 2);
    const first = saga.shop.row(id).order.attention?.step;
    const second = first === 'refund-payment' ? 'release-stock' : 'refund-payment';

    saga.shop.up(first as SagaStep);
    await handle.signal(retry);
    await waitFor('the other to be shown', () => saga.shop.row(id).order.attention?.step === second);
    // It is being tried again already, since that answer.
    saga.shop.up(second);
    await ended(saga, id, handle);
    expect(saga.shop.payment(id)).toBe('refunded');
    expect(saga.shop.reservation(id)).toBe('released');
  });

  it('can be settled elsewhere', async () => {
    saga.shop.down('release-stock');
    const { id, handle } = await saga.start({ paymentMethod: 'card_declined' });
    await test.env.sleep('125s');
    await saga.needsAttention(id);
    await handle.signal(settled);
    const order = await handle.result();
    expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_DECLINED', needsAttention: false });
    expect(saga.shop.reservation(id)).toBe('held');
    expect(saga.shop.row(id).timeline.find(({ key }) => key === 'release-stock')).toMatchObject({
      detail: 'settled by an operator',
    });
  });

  it('is never swallowed: what it may not answer waits for an operator too', async () => {
    saga.shop.down('release-stock', () => ApplicationFailure.nonRetryable('what?', 'InsufficientStock'));
    const { id, handle } = await saga.start({ paymentMethod: 'card_declined' });
    await saga.needsAttention(id);
    expect(saga.shop.row(id).order.attention).toMatchObject({ step: 'release-stock', error: 'InsufficientStock' });
    saga.shop.up('release-stock');
    await ended(saga, id, handle);
    expect(saga.shop.reservation(id)).toBe('released');
  });

  it('leaves money and stock alone while the delivery is not called off', async () => {
    const { id, handle } = await saga.start();
    await saga.reached(id, 'DELIVERY_STARTED');
    saga.shop.down('cancel-delivery');
    await handle.signal(giveUp);
    await test.env.sleep('125s');
    await saga.needsAttention(id);
    expect(saga.shop.row(id).order).toMatchObject({
      status: 'DELIVERY_STARTED',
      attention: { step: 'cancel-delivery' },
    });
    expect(saga.shop.payment(id)).toBe('charged');
    expect(saga.shop.reservation(id)).toBe('held');

    saga.shop.carrierSays(id, 'delivered');
    saga.shop.up('cancel-delivery');
    await handle.signal(retry);
    const { order, row } = await ended(saga, id, handle);
    expect(order.status).toBe('COMPLETED');
    expect(row.statuses).not.toContain('CANCELLING');
    expect(saga.shop.payment(id)).toBe('charged');
  });
});
