import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { startRealServerSagaTest, type RealServerSagaTest } from './testing/real-server.js';
import { workerOptions, type SagaTest } from './testing/saga-test.js';
import { workflowBundle } from './testing/workflow-bundle.js';

let test: RealServerSagaTest;
let saga: SagaTest;

beforeAll(async () => {
  test = await startRealServerSagaTest();
  saga = test.saga;
});
afterEach(() => saga.shop.reset());
afterAll(() => test.close());

const ACCEPTED =
  proto.temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED;
const PLAIN = defaultPayloadConverter.toPayload({ status: 'delivered' });

/** As `tctl` does it, which has no key. */
const signal = (orderId: string, signalName: string, payload: Payload) =>
  saga.client.workflowService.signalWorkflowExecution({
    namespace: test.namespace,
    workflowExecution: { workflowId: workflowIdOf(orderId) },
    signalName,
    input: { payloads: [payload] },
  });

const waiting = async () => {
  const { id, handle } = await saga.order();
  await saga.reached(id, 'DELIVERY_STARTED');
  return { id, handle };
};

const failedTasks = async ({ handle }: Awaited<ReturnType<typeof waiting>>) =>
  ((await handle.fetchHistory()).events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length;

describe('a signal whose payload nobody can read', () => {
  it.each(['deliveryUpdate', 'retry', 'settled', 'nobodyKnowsIt'])(
    '%s: it has none, and fails no workflow task',
    async (name) => {
      const order = await waiting();
      await signal(order.id, name, PLAIN);
      await saga.carrierTells(order.id, 'delivered');
      const { status } = await order.handle.result();

      expect(status).toBe('COMPLETED');
      expect(await failedTasks(order)).toBe(0);
    },
  );

  it('is no report of the carrier', async () => {
    const order = await waiting();
    await signal(order.id, 'deliveryUpdate', PLAIN);
    expect(await order.handle.query('order')).toMatchObject({ status: 'DELIVERY_STARTED' });
  });

  it('that has stopped an order before is passed over too', async () => {
    const order = await waiting();
    await saga.stopWorkers([TASK_QUEUES.order]);
    const { dataConverter, ...options } = workerOptions(TASK_QUEUES.order, saga.shop.orders, await workflowBundle());
    // As it was: nothing but the key's own payloads.
    const [codec] = dataConverter.payloadCodecs ?? [];
    if (!codec) throw new Error('no codec');
    const strict = { encode: codec.encode.bind(codec), decode: (payloads: Payload[]) => codec.decode(payloads) };
    const worker = await Worker.create({
      ...options,
      connection: saga.connection,
      namespace: test.namespace,
      dataConverter: { ...dataConverter, payloadCodecs: [strict] },
    });
    const running = worker.run().catch(() => undefined); // The SDK's worker does not stop well after that.
    await signal(order.id, 'retry', PLAIN);
    await waitFor('the task to fail', async () => (await failedTasks(order)) > 0);
    worker.shutdown();
    await running;

    await saga.startWorkers([TASK_QUEUES.order]);
    await saga.carrierTells(order.id, 'delivered');
    expect(await order.handle.result()).toMatchObject({ status: 'COMPLETED' });
  });
});

it('a cancellation whose payload nobody can read is rejected, and the order goes on', async () => {
  const order = await waiting();
  const { outcome } = await saga.client.workflowService.updateWorkflowExecution({
    namespace: test.namespace,
    workflowExecution: { workflowId: workflowIdOf(order.id) },
    waitPolicy: { lifecycleStage: ACCEPTED },
    request: { meta: { updateId: 'by-hand' }, input: { name: 'cancel', args: { payloads: [PLAIN] } } },
  });
  expect(outcome?.failure).toBeDefined();
  await saga.carrierTells(order.id, 'delivered');
  expect(await order.handle.result()).toMatchObject({ status: 'COMPLETED' });
});
