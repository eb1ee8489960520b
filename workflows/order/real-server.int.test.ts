import { WithStartWorkflowOperation } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ACCEPTED_UPDATE_ID, workflowIdOf } from '../../contracts/order-saga.js';
import { resetWorkflow } from '../../tests/support/temporal.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { accepted, retry, settled } from './messages.js';
import type { orderSaga } from './order-saga.js';
import { startDoomedWorker } from './testing/doomed-worker.js';
import { ended } from './testing/outcome.js';
import { startRealServerSagaTest, type RealServerSagaTest } from './testing/real-server.js';
import type { SagaTest } from './testing/saga-test.js';

let test: RealServerSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startRealServerSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

const found = async (query: string) => {
  const ids: string[] = [];
  for await (const { workflowId } of saga.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
};

describe('an order placed many times', () => {
  it('is one workflow and one charge, and each gets the same answer, also after its end', async () => {
    const input = saga.place();
    const place = () =>
      saga.client.workflow.executeUpdateWithStart(accepted, {
        updateId: ACCEPTED_UPDATE_ID,
        startWorkflowOperation: new WithStartWorkflowOperation<typeof orderSaga>('orderSaga', {
          ...saga.startOptions(input),
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        }),
      });
    const answers = await Promise.all(Array.from({ length: 8 }, place));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);

    const { id } = input.order;
    await saga.carrierTells(id, 'delivered');
    const { events } = await ended(saga, id, saga.handleOf(id));
    expect(events).toBeLessThanOrEqual(47);
    expect(await place()).toEqual(answers[0]);
    expect(saga.shop.countOf('charge-payment')).toBe(1);
  });
});

it('each activity says what it is for, and is missed after 4 s without a word of its worker', async () => {
  const { id, handle } = await saga.order();
  await saga.carrierTells(id, 'delivered');
  await ended(saga, id, handle);
  const { events } = await handle.fetchHistory();
  const shown = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: activity, userMetadata }) =>
    activity
      ? [[activity.activityType?.name, Boolean(userMetadata?.summary), Number(activity.heartbeatTimeout?.seconds)]]
      : [],
  );
  expect(shown).toEqual([
    ['reserveStock', true, 4],
    ['chargePayment', true, 4],
    ['startDelivery', true, 4],
    ['commitStock', true, 4],
  ]);
});

describe('operators', () => {
  it('find an order that needs them, put it right, and see that it is', async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.order({ attentionAfterMs: 1_000 });
    await saga.needsAttention(id);
    const stuck = `NeedsAttention = true AND AttentionStep = 'charge-payment' AND AttentionReason = 'UNAVAILABLE' AND OrderStatus = 'INVENTORY_RESERVED'`;
    await waitFor('the list', async () => (await found(stuck)).includes(workflowIdOf(id)));

    saga.shop.up('charge-payment');
    await handle.signal(retry);
    await saga.carrierTells(id, 'delivered');
    const { events } = await ended(saga, id, handle);
    expect(events).toBeLessThanOrEqual(60);
    const atRest = `NeedsAttention = false AND AttentionStep IS NULL AND OrderStatus = 'COMPLETED' AND CustomerId = 1 AND ProductIds = '1' AND OrderTotal = 7000000`;
    await waitFor('the list', async () => (await found(atRest)).includes(workflowIdOf(id)));
  });

  it('are told TIMED_OUT when nobody answers', async () => {
    const answer = saga.shop.hold('charge-payment');
    const { id, handle } = await saga.start({ attentionAfterMs: 2_000 });
    await saga.needsAttention(id);
    const stuck = `AttentionStep = 'charge-payment' AND AttentionReason = 'TIMED_OUT'`;
    await waitFor('the list', async () => (await found(stuck)).includes(workflowIdOf(id)));
    answer.release();
    await handle.signal(retry);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('settle a step also while it is being tried again', async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.order({ attentionAfterMs: 3_000 });
    await saga.needsAttention(id);
    const tried = saga.shop.countOf('charge-payment');
    await handle.signal(retry);
    await waitFor('another try', () => saga.shop.countOf('charge-payment') > tried);
    await handle.signal(settled);
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(saga.shop.payment(id)).toBeUndefined();
  });

  it.each([null, {}, 'done'])('complete a record by hand, with %j, and it is written all the same', async (result) => {
    saga.shop.down('record-progress');
    const { id, handle } = await saga.start();
    const record = async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'recordProgress')?.activityId;
    };
    const activityId = await waitFor('the record in the queue', record);
    await saga.client.activity.complete({ workflowId: handle.workflowId, activityId }, result);
    await waitFor('another', async () => ![undefined, null, activityId].includes(await record()));
    saga.shop.up('record-progress');
    await saga.reached(id, 'DELIVERY_STARTED');
    expect(saga.shop.row(id).statuses).toContain('INVENTORY_RESERVED');
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('reset an order to before its payment, and it completes, charged once', async () => {
    const { id, handle } = await saga.order();
    await saga.reached(id, 'DELIVERY_STARTED');
    await saga.carrierTells(id, 'in_transit');
    await handle.executeUpdate(accepted, { updateId: 'again' });
    const runId = await resetWorkflow(test.namespace, id, 'chargePayment');
    await saga.carrierTells(id, 'delivered');

    const { row } = await ended(saga, id, saga.handleOf(id), { wasReset: true });
    expect((await saga.handleOf(id).describe()).runId).toBe(runId);
    expect(row.order.status).toBe('COMPLETED');
    expect(saga.shop.countOf('charge-payment')).toBe(2);
    expect(saga.shop.payment(id)).toBe('charged');
    expect(row.timeline.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'reserve-stock done',
      'charge-payment done',
      'start-delivery done',
      'in-transit done',
      // What the run after the reset writes down again, and asks for again.
      'reserve-stock done',
      'charge-payment asked',
      'charge-payment done',
      'start-delivery asked',
      'start-delivery done',
      'in-transit done',
      'commit-stock asked',
      'commit-stock done',
    ]);
  });

  it('pause an activity and let it go on', async () => {
    saga.shop.down('charge-payment');
    const { id, handle } = await saga.order();
    await waitFor('two tries', () => saga.shop.countOf('charge-payment') >= 2);
    const activity = {
      namespace: test.namespace,
      execution: { workflowId: handle.workflowId },
      type: 'chargePayment',
      identity: 'an operator',
    };
    await saga.client.workflow.workflowService.pauseActivity(activity);
    saga.shop.up('charge-payment');
    const paused = await waitFor('the pause', async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.find((pending) => pending.paused);
    });
    expect(paused.activityType?.name).toBe('chargePayment');
    expect(saga.shop.row(id).order.status).toBe('INVENTORY_RESERVED');
    await saga.client.workflow.workflowService.unpauseActivity(activity);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
  });

  it('complete a step by hand, without a result, and the order goes on', async () => {
    const answer = saga.shop.hold('charge-payment');
    const { id, handle } = await saga.order();
    await answer.reached;
    const { raw } = await handle.describe();
    const charge = raw.pendingActivities?.find((pending) => pending.activityType?.name === 'chargePayment');
    const activityId = charge?.activityId ?? '';
    await saga.client.activity.complete({ workflowId: handle.workflowId, activityId }, undefined);
    await saga.reached(id, 'DELIVERY_STARTED');
    answer.release();
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order).toMatchObject({ status: 'COMPLETED' });
  });

  it("may cancel with Temporal's own command in the first moment", async () => {
    const { id, handle } = await saga.start();
    await handle.cancel();
    expect((await ended(saga, id, handle)).order.cancelReason).toBe('OPERATOR_REQUEST');
  });
});

describe('a worker that is killed', () => {
  it('while it charges: another tries again once its time is over, and the order is charged once', async () => {
    await saga.stopWorkers(['payment']);
    const doomed = await startDoomedWorker('payment', test.namespace);
    const { id, handle } = await saga.order();
    await doomed.atWork;
    doomed.kill();
    await saga.startWorkers(['payment']);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(saga.shop.payment(id)).toBe('charged');
  });

  it('while it writes down a step: another goes on where the history ends', async () => {
    await saga.stopWorkers(['order']);
    const doomed = await startDoomedWorker('order', test.namespace);
    const { id, handle } = await saga.start();
    await doomed.atWork;
    expect(saga.shop.reservation(id)).toBe('held');
    doomed.kill();
    await saga.startWorkers(['order']);
    await saga.carrierTells(id, 'delivered');
    expect((await ended(saga, id, handle)).order.status).toBe('COMPLETED');
    expect(saga.shop.countOf('reserve-stock')).toBe(1);
  });
});
