import proto from '@temporalio/proto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Worker } from '@temporalio/worker';
import type { CancelRequest } from '../../contracts/order-saga.js';
import type { SagaStep } from '../../contracts/saga-steps.js';
import { temporalTelemetryPlugins } from '../../platform/telemetry/telemetry.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { approve, cancel, deliveryUpdate, giveUp, paymentChanged, reject, retry, settled } from './messages.js';
import { ended } from './testing/outcome.js';
import { startRealServerSagaTest, type RealServerSagaTest } from './testing/real-server.js';
import { dataConverter, type SagaHandle, type SagaTest } from './testing/saga-test.js';
import { workflowBundle } from './testing/workflow-bundle.js';

const { ResetReapplyExcludeType } = proto.temporal.api.enums.v1;

let test: RealServerSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startRealServerSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

const scheduledOf = async (handle: SagaHandle, activity: string) => {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: asked }) =>
    asked?.activityType?.name === activity ? [asked] : [],
  );
};

/** To before `activity` was asked for the first time, or the last; to the order's first moment without one. */
async function reset(
  handle: SagaHandle,
  activity = 'reserveStock',
  { reapply = true, last = false } = {},
): Promise<void> {
  const scheduled = (await scheduledOf(handle, activity)).at(last ? -1 : 0);
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

describe.each([
  ['with its signals', true],
  ['without its signals', false],
])('an order that was reviewed, and is reset %s', (_, reapply) => {
  const REVIEWED = { reviewAbove: 1, reviewWindowMs: 86_400_000 };
  const reviewsOf = (id: string) =>
    saga.shop.row(id).timeline.flatMap(({ step, outcome }) => (step === 'review' ? [outcome] : []));

  it.each([
    ['approved', approve, REVIEWED],
    ['settled', settled, { ...REVIEWED, reviewWindowMs: 500 }],
  ])('is %s for good, and asks nobody again', async (_name, signal, options) => {
    const { id, handle } = await saga.order(options);
    if (signal === settled) await saga.needsAttention(id);
    saga.shop.down('charge-payment');
    await handle.signal(signal);
    await waitFor('a try', () => saga.shop.countOf('charge-payment') > 0);
    // Nobody is there to answer: one that asked again would wait for good.
    await reset(handle, 'reserveStock', { reapply });
    await waitFor('another reservation', () => saga.shop.countOf('reserve-stock') === 2);
    expect(saga.shop.row(id).order.review).toBe('APPROVED');
    saga.shop.up('charge-payment');
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'delivered');
    const { order } = await ended(saga, id, saga.handleOf(id), { wasReset: true });
    expect(order).toMatchObject({ status: 'COMPLETED', review: 'APPROVED', needsAttention: false });
    // The run after the reset asks the row, as before each step, and finds it decided.
    expect(reviewsOf(id).slice(-2)).toEqual(['done', 'asked']);
    expect(saga.shop.payment(id)).toBe('charged');
  });

  it('is rejected for good, uncharged', async () => {
    const { id, handle } = await saga.order(REVIEWED);
    saga.shop.down('release-stock');
    await handle.signal(reject);
    await waitFor('a try', () => saga.shop.countOf('release-stock') > 0);
    await reset(handle, 'reserveStock', { reapply });
    saga.shop.up('release-stock');
    const { order } = await ended(saga, id, saga.handleOf(id), { wasReset: true });
    expect(order).toMatchObject({ cancelReason: 'REVIEW_REJECTED', review: 'REJECTED' });
    expect(saga.shop.countOf('charge-payment')).toBe(0);
    expect(saga.shop.reservation(id)).toBe('released');
  });
});

describe('an order that waits to be paid, and is reset', () => {
  const pending = async () => {
    const { id, handle } = await saga.order({ paymentMethod: 'bank_transfer' });
    await waitFor('the wait', () => saga.shop.row(id).order.payment);
    await reset(handle, 'reserveStock');
    await waitFor('another charge', () => saga.shop.countOf('charge-payment') === 2);
    return { id, handle: saga.handleOf(id) };
  };

  it('waits on, and is charged once', async () => {
    const { id, handle } = await pending();
    expect(saga.shop.row(id).order).toMatchObject({ status: 'INVENTORY_RESERVED', payment: { status: 'PROCESSING' } });
    saga.shop.paymentBecomes(id, 'charged');
    await handle.signal(paymentChanged);
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle, { wasReset: true })).order.status).toBe('COMPLETED');
    expect(saga.shop.payment(id)).toBe('charged');
  });

  it('is called off as before', async () => {
    const { id, handle } = await pending();
    await handle.signal(giveUp);
    expect((await ended(saga, id, handle, { wasReset: true })).order.cancelReason).toBe('OPERATOR_REQUEST');
    expect(undone(id).slice(0, 2)).toEqual(['mark', 'released']);
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

describe('what an operator settled before a reset', () => {
  const SOON = { attentionAfterMs: 1_000 };
  const linesOf = (id: string, step: string) => saga.shop.row(id).timeline.filter((entry) => entry.step === step);

  /** Its `step` was settled, and its service does it again when asked; how often it was asked. */
  const settledAt = async (step: SagaStep, { id, handle }: { id: string; handle: SagaHandle }) => {
    await saga.needsAttention(id);
    await handle.signal(settled);
    await waitFor('its line', () => linesOf(id, step).some(({ detail }) => detail === 'settled by an operator'));
    saga.shop.up(step);
    return { id, handle, asked: saga.shop.countOf(step) };
  };

  it.each([
    ['refund-payment', 'refundPayment'],
    ['release-stock', 'releaseStock'],
    ['refund-payment', 'chargePayment'],
    ['release-stock', 'reserveStock'],
  ] as const)('a %s is not done again by a reset to before %s', async (step, activity) => {
    saga.shop.down(step);
    const placed = await saga.start({ ...SOON, postalCode: '00000' });
    const { id, handle, asked } = await settledAt(step, placed);
    await handle.result();
    await reset(handle, activity, { reapply: false });
    const order = await saga.handleOf(id).result();
    expect(order.status).toBe('CANCELLED');
    expect(saga.shop.countOf(step)).toBe(asked);
    expect(linesOf(id, step).map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['failing', 'ServiceDown'],
      ['undone', 'settled by an operator'],
      ['asked', 'after a reset'],
      ['undone', 'settled by an operator before'],
    ]);
  });

  it('is not done by a reset to before a later attempt, and such an order is replayed', async () => {
    saga.shop.down('refund-payment');
    const { id, handle } = await saga.start({ ...SOON, postalCode: '00000' });
    await saga.needsAttention(id);
    await handle.signal(retry);
    await waitFor('a second round', async () => (await scheduledOf(handle, 'refundPayment')).length > 1);
    const { asked } = await settledAt('refund-payment', { id, handle });
    await handle.result();
    await reset(handle, 'refundPayment', { reapply: false, last: true });
    await saga.handleOf(id).result();
    expect(saga.shop.countOf('refund-payment')).toBe(asked);
    const history = await saga.handleOf(id).fetchHistory();
    const options = { workflowBundle: await workflowBundle(), dataConverter, plugins: temporalTelemetryPlugins() };
    await Worker.runReplayHistory(options, history, handle.workflowId);
  });

  it.each(['reserve-stock', 'charge-payment', 'start-delivery', 'commit-stock'] as const)(
    'a %s is not done again',
    async (step) => {
      saga.shop.down(step);
      const placed = await saga.start(SOON);
      if (step === 'commit-stock') await saga.carrierTells(placed.id, 'delivered');
      const { id, handle, asked } = await settledAt(step, placed);
      if (step !== 'commit-stock') await saga.carrierTells(id, 'delivered');
      await handle.result();
      await reset(handle);
      expect((await saga.handleOf(id).result()).status).toBe('COMPLETED');
      expect(saga.shop.countOf(step)).toBe(asked);
    },
  );

  it('a refund that was completed by hand is not done again either', async () => {
    const { id, handle } = await saga.start({ postalCode: '00000' });
    saga.shop.down('refund-payment');
    await waitFor('its activity', async () => (await scheduledOf(handle, 'refundPayment')).length > 0);
    const execution = { workflowId: handle.workflowId, runId: '' };
    const activityId = (await scheduledOf(handle, 'refundPayment'))[0]?.activityId ?? '';
    await saga.client.activity.complete({ ...execution, activityId }, null);
    await handle.result();
    saga.shop.up('refund-payment');
    const asked = saga.shop.countOf('refund-payment');
    await reset(handle, 'refundPayment', { reapply: false });
    await saga.handleOf(id).result();
    expect(saga.shop.countOf('refund-payment')).toBe(asked);
  });

  it('a delivery stays delivered: who gives it up undoes nothing', async () => {
    const { id, handle } = await saga.start({ ...SOON, carrierSilenceMs: 1_000 });
    saga.shop.down('commit-stock');
    await settledAt('await-delivery' as SagaStep, { id, handle });
    await saga.stopWorkers(['order']);
    await reset(handle, 'chargePayment', { reapply: false });
    await saga.handleOf(id).signal(giveUp);
    await saga.startWorkers(['order']);
    saga.shop.up('commit-stock');
    expect((await saga.handleOf(id).result()).status).toBe('COMPLETED');
    expect(saga.shop.countOf('cancel-delivery')).toBe(0);
  });
});

describe('a reset to before a charge whose window has passed', () => {
  const late = { attentionAfterMs: 1_000, paymentWindowMs: 8_000 };
  // It begins with the first charge, after the stock.
  const windowHasPassed = (since: number) =>
    waitFor('its end', () => Date.now() - since > late.paymentWindowMs + 2_000);

  const paidLate = async () => {
    const began = Date.now();
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.start(late);
    await saga.needsAttention(id);
    saga.shop.up('charge-payment');
    await handle.signal(retry);
    await saga.reached(id, 'DELIVERY_STARTED');
    await windowHasPassed(began);
    return { id, handle };
  };
  const toldOf = (id: string) => saga.shop.row(id).events.map(({ topic }) => topic);

  it('of an order that was paid goes on: nobody is told that it was not', async () => {
    const { id, handle } = await paidLate();
    await reset(handle, 'chargePayment', { reapply: false, last: true });
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, saga.handleOf(id), { wasReset: true })).order.status).toBe('COMPLETED');
    expect(toldOf(id)).not.toContain('payment-failed');
  });

  it('of one that is being undone goes on with that', async () => {
    const { id, handle } = await paidLate();
    saga.shop.down('refund-payment');
    await handle.signal(giveUp);
    await waitFor('the undo', () => saga.shop.countOf('refund-payment') > 0);
    await reset(handle, 'chargePayment', { reapply: false, last: true });
    saga.shop.up('refund-payment');
    const { order } = await ended(saga, id, saga.handleOf(id), { wasReset: true });
    expect(order.cancelReason).toBe('OPERATOR_REQUEST');
    expect(toldOf(id)).not.toContain('payment-failed');
  });
});
