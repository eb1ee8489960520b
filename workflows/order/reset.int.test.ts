import proto from '@temporalio/proto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../tests/support/wait-for.js';
import type { CancelRequest } from '../../contracts/order-saga.js';
import { cancel, deliveryUpdate, giveUp, retry } from './messages.js';
import { ended } from './testing/outcome.js';
import { startRealServerSagaTest, type RealServerSagaTest } from './testing/real-server.js';
import type { SagaHandle, SagaTest } from './testing/saga-test.js';

const { ResetReapplyExcludeType } = proto.temporal.api.enums.v1;

let test: RealServerSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startRealServerSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

/** To before `activity` was asked for the first time; to the order's first moment without one. */
async function reset(handle: SagaHandle, activity = 'reserveStock', { reapply = true } = {}): Promise<void> {
  const { events } = await handle.fetchHistory();
  const scheduled = events?.find(
    ({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name === activity,
  )?.activityTaskScheduledEventAttributes;
  await saga.client.workflow.workflowService.resetWorkflowExecution({
    namespace: test.namespace,
    workflowExecution: { workflowId: handle.workflowId },
    reason: 'a test',
    workflowTaskFinishEventId: scheduled?.workflowTaskCompletedEventId,
    requestId: `${handle.workflowId}-${Date.now()}`,
    ...(!reapply && {
      resetReapplyExcludeTypes: [
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
      ],
    }),
  });
}

const started = async () => {
  const { id, handle } = await saga.start();
  await saga.reached(id, 'DELIVERY_STARTED');
  return { id, handle };
};

const undone = (id: string) => [saga.shop.payment(id), saga.shop.reservation(id), saga.shop.delivery(id)];

describe('given up right after a reset', () => {
  it.each(['reserveStock', 'chargePayment', 'startDelivery'])(
    'to before %s: all that had ever been done is undone',
    async (activity) => {
      const { id, handle } = await started();
      await saga.stopWorkers(['order']);
      await reset(handle, activity);
      await saga.handleOf(id).signal(giveUp);
      await saga.startWorkers(['order']);
      const { order } = await ended(saga, id, saga.handleOf(id), { wasReset: true });
      expect(order.cancelReason).toBe('OPERATOR_REQUEST');
      expect(undone(id)).toEqual(['refunded', 'released', 'cancelled']);
    },
  );

  it('by its customer: the same, while a step is away that had been done', async () => {
    const { id, handle } = await started();
    saga.shop.down('charge-payment');
    await reset(handle, 'chargePayment');
    await waitFor('a try', () => saga.shop.countOf('charge-payment') > 1);
    const answer = await saga.handleOf(id).executeUpdate(cancel, { args: [{ by: 'customer' }] });
    expect(answer).toMatchObject({ status: 'CANCELLED', cancelReason: 'CUSTOMER_REQUEST' });
    await ended(saga, id, saga.handleOf(id), { wasReset: true });
    expect(undone(id)).toEqual(['refunded', 'released', 'cancelled']);
  });

  it('and delivered: nothing is undone', async () => {
    const { id, handle } = await started();
    // As where its delivery was settled elsewhere: the carrier would let it be called off.
    await handle.signal(deliveryUpdate, { status: 'delivered', at: '2026-01-01T00:00:00.000Z' });
    await ended(saga, id, handle);
    await saga.stopWorkers(['order']);
    await reset(handle, 'reserveStock', { reapply: false });
    await saga.handleOf(id).signal(giveUp);
    await saga.startWorkers(['order']);
    expect((await ended(saga, id, saga.handleOf(id), { wasReset: true })).order.status).toBe('COMPLETED');
    expect(undone(id)).toEqual(['charged', 'committed', 'started']);
  });
});

describe('an order that is being undone, and is reset', () => {
  it.each(['reserveStock', 'chargePayment', 'startDelivery', 'releaseStock'])(
    'to before %s: comes to its end, all undone, for its first reason',
    async (activity) => {
      const { id, handle } = await started();
      saga.shop.down('refund-payment');
      const asked = { args: [{ by: 'customer', note: 'first' }] as [CancelRequest], waitForStage: 'ACCEPTED' } as const;
      await handle.startUpdate(cancel, asked);
      await waitFor('the undo', () => saga.shop.reservation(id) === 'released');
      await waitFor('a try', () => saga.shop.countOf('refund-payment') > 0);
      expect(saga.shop.row(id).order.status).toBe('CANCELLING');
      await reset(handle, activity, { reapply: false });
      saga.shop.up('refund-payment');
      const { order } = await ended(saga, id, saga.handleOf(id), { wasReset: true });
      expect(order).toMatchObject({ cancelReason: 'CUSTOMER_REQUEST', cancelNote: 'first' });
      expect(undone(id)).toEqual(['refunded', 'released', 'cancelled']);
    },
  );

  it('though nothing but its row knows of it: what was charged is not delivered', async () => {
    saga.shop.down('release-stock');
    saga.shop.down('refund-payment');
    const charged = saga.shop.hold('charge-payment');
    const { id, handle } = await saga.start();
    await charged.reached;
    await handle.signal(giveUp);
    charged.release();
    await saga.reached(id, 'CANCELLING');
    await reset(handle, 'chargePayment', { reapply: false });
    await waitFor('the release', () => saga.shop.countOf('release-stock') > 1);
    saga.shop.up('release-stock');
    saga.shop.up('refund-payment');
    await ended(saga, id, saga.handleOf(id), { wasReset: true });
    expect(undone(id)).toEqual(['refunded', 'released', 'cancelled']);
    expect(saga.shop.countOf('start-delivery')).toBe(0);
  });
});

describe('a reset after the end', () => {
  it('of a completed order: it completes again, though no signal is heard again', async () => {
    const { id, handle } = await started();
    await saga.carrierTells(id, 'delivered');
    await ended(saga, id, handle);
    await reset(handle, 'chargePayment', { reapply: false });
    expect((await ended(saga, id, saga.handleOf(id), { wasReset: true })).order.status).toBe('COMPLETED');
    expect(undone(id)).toEqual(['charged', 'committed', 'delivered']);
    expect(saga.shop.row(id).events.map(({ topic }) => topic)).not.toContain('order-cancelled');
  });

  it('of a cancelled one: it stays cancelled, and tells nothing twice', async () => {
    const { id, handle } = await started();
    await handle.signal(giveUp);
    const { row } = await ended(saga, id, handle);
    const told = [...row.events];
    await reset(handle, 'chargePayment', { reapply: false });
    expect((await ended(saga, id, saga.handleOf(id), { wasReset: true })).order.status).toBe('CANCELLED');
    expect(undone(id)).toEqual(['refunded', 'released', 'cancelled']);
    expect(saga.shop.row(id).events).toEqual(told);
  });

  it('while it needed attention: the row says so no longer', async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.start({ attentionAfterMs: 1_000 });
    await saga.needsAttention(id);
    saga.shop.up('charge-payment');
    await reset(handle, 'chargePayment');
    await saga.reached(id, 'DELIVERY_STARTED');
    await waitFor('the row', () => !saga.shop.row(id).order.needsAttention);
    await saga.handleOf(id).signal(retry);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, saga.handleOf(id), { wasReset: true })).order.status).toBe('COMPLETED');
  });
});
