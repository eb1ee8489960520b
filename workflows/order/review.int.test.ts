import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../tests/support/wait-for.js';
import { approve, giveUp, reject, retry, settled } from './messages.js';
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

const DAY_MS = 86_400_000;
const TOTAL = 7_000_000;

const inReview = async () => {
  const placed = await saga.order({ reviewAbove: TOTAL, reviewWindowMs: DAY_MS });
  await waitFor('the wait', () => saga.shop.row(placed.id).timeline.some(({ key }) => key === 'review-asked'));
  return placed;
};
const undecided = async () => {
  const placed = await inReview();
  await test.env.sleep('1.01 days');
  await saga.needsAttention(placed.id);
  return placed;
};
const linesOf = (id: string) => saga.shop.linesOf(id);

describe('an order that is reviewed', () => {
  it('is not charged before it is approved, however long that takes', async () => {
    const { id, handle, answer } = await inReview();
    expect(answer).toMatchObject({ status: 'INVENTORY_RESERVED', review: 'WAITING' });
    await test.env.sleep('23 hours');
    expect(saga.shop.row(id).order).toMatchObject({ review: 'WAITING', needsAttention: false });
    expect(saga.shop.countOf('charge-payment')).toBe(0);

    await handle.signal(approve);
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order).toMatchObject({ status: 'COMPLETED', review: 'APPROVED' });
    expect(linesOf(id).slice(0, 4)).toEqual([
      'reserve-stock done',
      'review asked waits for a person',
      'review done approved',
      'charge-payment done',
    ]);
  });

  it('is undone uncharged when it is rejected', async () => {
    const { id, handle } = await inReview();
    await handle.signal(reject);
    const { order, row } = await ended(saga, id, handle);
    expect(order).toMatchObject({ status: 'CANCELLED', cancelReason: 'REVIEW_REJECTED', review: 'REJECTED' });
    expect(saga.shop.payment(id)).toBeUndefined();
    expect(saga.shop.reservation(id)).toBe('released');
    expect(row.events.at(-1)).toMatchObject({ topic: 'order-cancelled', reason: 'REVIEW_REJECTED' });
  });

  it('is decided by what was said before it came to wait: the first decision counts', async () => {
    const stock = saga.shop.hold('reserve-stock');
    const { id, handle } = await saga.start({ reviewAbove: TOTAL, reviewWindowMs: DAY_MS });
    await stock.reached;
    await handle.signal(reject);
    await handle.signal(approve);
    stock.release();
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('REVIEW_REJECTED');
  });

  it('waits for nobody below the limit, nor where there is none', async () => {
    for (const times of [{ reviewAbove: TOTAL + 1, reviewWindowMs: DAY_MS }, {}]) {
      const { id, handle, answer } = await saga.order(times);
      await saga.reached(id, 'DELIVERY_STARTED');
      await saga.carrierTells(id, 'delivered');
      expect((await ended(saga, id, handle)).order).not.toHaveProperty('review');
      expect(answer).not.toHaveProperty('review');
    }
  });
});

describe('a review that nobody decides in its window', () => {
  it('asks for an operator, goes on waiting, and is decided as before', async () => {
    const { id, handle } = await undecided();
    expect(saga.shop.row(id).order.attention).toMatchObject({ step: 'review', error: 'ReviewUndecided' });
    await test.env.sleep('9 days');
    expect(saga.shop.row(id).order).toMatchObject({ review: 'WAITING', needsAttention: true });
    await handle.signal(reject);
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('REVIEW_REJECTED');
  });

  it('retry: waits for as long again; settled: is approved', async () => {
    const { id, handle } = await undecided();
    await handle.signal(retry);
    await waitFor('the answer', () => !saga.shop.row(id).order.needsAttention);
    await test.env.sleep('1.01 days');
    await saga.needsAttention(id);
    await handle.signal(settled);
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order).toMatchObject({ status: 'COMPLETED', review: 'APPROVED' });
  });

  it('giveUp: is undone', async () => {
    const { id, handle } = await undecided();
    await handle.signal(giveUp);
    const { order } = await ended(saga, id, handle);
    expect(order.cancelReason).toBe('OPERATOR_REQUEST');
    expect(order).not.toHaveProperty('review');
  });
});
