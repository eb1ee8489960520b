import { WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SagaTimes } from '../../contracts/order-saga.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { cancel, deliveryUpdate, giveUp, retry, settled } from './messages.js';
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

const started = async (times?: Partial<SagaTimes>) => {
  const { id, handle } = await saga.start(times);
  await saga.reached(id, 'DELIVERY_STARTED');
  return { id, handle };
};
const silent = async (times?: Partial<SagaTimes>) => {
  const placed = await started(times);
  await test.env.sleep('14.01 days');
  await saga.needsAttention(placed.id);
  return placed;
};
const reasonInSearch = async (handle: SagaHandle) =>
  (await handle.describe()).typedSearchAttributes.getAll().find(({ key }) => key.name === 'AttentionReason')?.value;
const answered = (id: string) => waitFor('the answer', () => !saga.shop.row(id).order.needsAttention || undefined);

describe('a carrier that says nothing', () => {
  it('for 14 days: an operator is asked, and what it says then ends that by itself', async () => {
    const { id, handle } = await started();
    await test.env.sleep('13 days');
    expect(saga.shop.row(id).order.needsAttention).toBe(false);
    await test.env.sleep('1.01 days');
    await saga.needsAttention(id);
    expect(saga.shop.row(id).order.attention).toMatchObject({ step: 'await-delivery', error: 'CarrierSilent' });
    await waitFor('the search', async () => (await reasonInSearch(handle)) === 'SILENT');

    await saga.carrierTells(id, 'in_transit');
    await answered(id);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('is counted anew with what is news, and not with a report that repeats what is known', async () => {
    const { id, handle } = await started();
    await test.env.sleep('10 days');
    await saga.carrierTells(id, 'in_transit');
    await test.env.sleep('10 days');
    await handle.signal(deliveryUpdate, { status: 'in_transit', at: '2026-01-01T00:00:00.000Z' });
    expect(saga.shop.row(id).order.needsAttention).toBe(false);
    await test.env.sleep('4.01 days');
    await saga.needsAttention(id);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('retry: the order waits for as long again, and asks again', async () => {
    const { id, handle } = await silent();
    await handle.signal(retry);
    await answered(id);
    await test.env.sleep('13 days');
    expect(saga.shop.row(id).order.needsAttention).toBe(false);
    await test.env.sleep('2 days');
    await saga.needsAttention(id);
    await handle.signal(settled);
    const { order, row } = await ended(saga, id, handle);
    expect(order.status).toBe('COMPLETED');
    expect(row.timeline.map(({ key, detail }) => `${key} ${detail}`).slice(3, -1)).toEqual([
      'attention-await-delivery-1 CarrierSilent',
      'await-delivery-1 waits on',
      'attention-await-delivery-2 CarrierSilent',
      'await-delivery-2 settled by an operator',
    ]);
  });

  it('settled: it was delivered, so its stock leaves the books', async () => {
    const { id, handle } = await silent();
    await handle.signal(settled);
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(saga.shop.reservation(id)).toBe('committed');
    expect(saga.shop.payment(id)).toBe('charged');
  });

  it('settled, and its commit waits: nobody can cancel what is delivered', async () => {
    const { id, handle } = await silent();
    saga.shop.down('commit-stock');
    await handle.signal(settled);
    await waitFor('the commit', () => saga.shop.countOf('commit-stock') > 0);
    const asked = handle.executeUpdate(cancel, { args: [{ by: 'customer' }] });
    await expect(asked).rejects.toThrow(WorkflowUpdateFailedError);
    saga.shop.up('commit-stock');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('giveUp: the carrier is asked to call it off, and all is undone', async () => {
    const { id, handle } = await silent();
    await handle.signal(giveUp);
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('OPERATOR_REQUEST');
    expect(saga.shop.countOf('cancel-delivery')).toBe(1);
  });

  it('leaves its customer free to cancel what is not in transit', async () => {
    const { id, handle } = await silent();
    expect(await handle.executeUpdate(cancel, { args: [{ by: 'customer' }] })).toMatchObject({ status: 'CANCELLED' });
    await ended(saga, id, handle);
  });

  it('finds the order whose delivery an operator had settled: nobody will report it', async () => {
    saga.shop.down('start-delivery');
    const { id, handle } = await saga.start();
    await test.env.sleep('125s');
    await saga.needsAttention(id);
    await handle.signal(settled);
    await saga.reached(id, 'DELIVERY_STARTED');
    await answered(id);
    await test.env.sleep('14.01 days');
    await saga.needsAttention(id);
    await handle.signal(settled);
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(saga.shop.reservation(id)).toBe('committed');
  });
});

describe('a report whose signal was lost', () => {
  const lost = async (status: 'delivered' | 'returned' = 'delivered') => {
    const placed = await started();
    saga.shop.carrierSays(placed.id, status);
    return placed;
  };

  /** No time is skipped here: it is not the question that is due after some hours. */
  const reportsRead = () => waitFor('the question', () => saga.shop.countOf('carrier-reports') > 0);

  it.each(['delivered', 'returned'] as const)('%s is read in the books of the delivery service', async (status) => {
    const { id, handle } = await lost(status);
    await test.env.sleep('5.9 hours');
    expect(saga.shop.row(id).order.status).toBe('DELIVERY_STARTED');
    await test.env.sleep('0.2 hours');
    const { order } = await ended(saga, id, handle);
    expect(order.cancelReason ?? order.status).toBe(status === 'delivered' ? 'COMPLETED' : 'DELIVERY_RETURNED');
    expect(saga.shop.countOf('carrier-reports')).toBe(1);
  });

  it('is read at once on retry, also while nothing waits for an operator', async () => {
    const { id, handle } = await lost();
    // Until it waits for the carrier.
    await test.env.sleep('1 minute');
    await handle.signal(retry);
    await reportsRead();
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('is read at once on a retry that came in the moment before the order waited', async () => {
    const start = saga.shop.hold('start-delivery');
    const { id, handle } = await saga.start();
    await start.reached;
    saga.shop.carrierSays(id, 'delivered');
    await handle.signal(retry);
    start.release();
    await reportsRead();
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(saga.shop.countOf('carrier-reports')).toBe(1);
  });

  it('is read on retry when an operator was asked, and when the delivery service was away until then', async () => {
    saga.shop.down('carrier-reports');
    const { id, handle } = await silent({ deliveryAskedEveryMs: 30 * 86_400_000 });
    saga.shop.carrierSays(id, 'delivered');
    saga.shop.up('carrier-reports');
    await handle.signal(retry);
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('is read at the start where the beginning of the delivery was settled', async () => {
    saga.shop.down('start-delivery');
    const { id, handle } = await saga.start();
    await test.env.sleep('125s');
    await saga.needsAttention(id);
    saga.shop.carrierSays(id, 'delivered');
    await handle.signal(settled);
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('does not keep a signal that comes meanwhile from counting', async () => {
    const asked = saga.shop.hold('carrier-reports');
    const { id, handle } = await started();
    await handle.signal(retry);
    await asked.reached;
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    asked.release();
  });
});

describe('carrier reports out of order', () => {
  const tell = (handle: SagaHandle, status: 'in_transit' | 'delivered' | 'returned') =>
    handle.signal(deliveryUpdate, { status, at: '2026-01-01T00:00:00.000Z' });

  it('returned before the start of the delivery has answered: refunded and restocked', async () => {
    const answer = saga.shop.hold('start-delivery');
    const { id, handle } = await saga.start();
    await answer.reached;
    await tell(handle, 'returned');
    saga.shop.carrierSays(id, 'returned');
    answer.release();
    const { order } = await ended(saga, id, handle);
    expect(order.cancelReason).toBe('DELIVERY_RETURNED');
    expect([saga.shop.payment(id), saga.shop.reservation(id)]).toEqual(['refunded', 'released']);
    expect(saga.shop.countOf('cancel-delivery')).toBe(0);
  });

  it('delivered after returned, and returned twice, change nothing', async () => {
    const released = saga.shop.hold('release-stock');
    const { id, handle } = await started();
    await tell(handle, 'returned');
    saga.shop.carrierSays(id, 'returned');
    await released.reached;
    await tell(handle, 'delivered');
    await tell(handle, 'returned');
    released.release();
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('DELIVERY_RETURNED');
    expect(saga.shop.countOf('refund-payment')).toBe(1);
  });

  it('returned after it was given up: undone once, for the first reason', async () => {
    const { id, handle } = await started();
    saga.shop.down('cancel-delivery');
    await handle.signal(giveUp);
    await waitFor('a try', () => saga.shop.countOf('cancel-delivery') > 0);
    await tell(handle, 'returned');
    saga.shop.carrierSays(id, 'returned');
    saga.shop.up('cancel-delivery');
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('OPERATOR_REQUEST');
    expect(saga.shop.payment(id)).toBe('refunded');
    expect(saga.shop.countOf('release-stock')).toBe(1);
  });
});
