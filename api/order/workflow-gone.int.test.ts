import { WorkflowNotFoundError } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Timeline } from '../../contracts/http/orders.js';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

/**
 * Temporal deletes a workflow some time after it was asked to: not before the queue with the workflow's end in it is
 * known to be worked off, which it looks at every 30 s, and in between it waits ever longer to try again.
 */
const deletionLimitMs = 150_000;

const one = { productId: 1, quantity: 1 };
const headers = { 'idempotency-key': 'delivering' };

let api: OrderApi;
let delivering: string;
let undecided: string;
beforeAll(async () => {
  api = await startOrderApi('workflow_gone');
  api.shop.stock.set(1, 10);
  delivering = await place();
  await api.reaches(delivering, 'DELIVERY_STARTED');
  const held = api.shop.hold('reserve-stock');
  const asked = api.post(one, { 'idempotency-key': 'undecided', prefer: 'respond-async' });
  undecided = ((await asked).body as { id: string }).id;
  await held.reached;
  await api.database.store.markWorkflowStarted(undecided);
  await deleteWorkflows([delivering, undecided]);
  held.release();
}, deletionLimitMs + 60_000);
afterAll(() => api.close());

async function place(): Promise<string> {
  const answer = await api.post(one, headers);
  expect(answer.status).toBe(201);
  return (answer.body as { id: string }).id;
}

const handleOf = (id: string) => api.temporal.client.workflow.getHandle(workflowIdOf(id));
const isGone = (id: string) =>
  handleOf(id)
    .describe()
    .then(
      () => false,
      (error: unknown) => error instanceof WorkflowNotFoundError,
    );

/** All are ended before the first is deleted: a deletion that waits keeps those that ended after it waiting too. */
async function deleteWorkflows(ids: string[]): Promise<void> {
  const { workflowService, options } = api.temporal.client;
  for (const id of ids) await handleOf(id).terminate();
  for (const id of ids)
    await workflowService.deleteWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: workflowIdOf(id) },
    });
  for (const id of ids)
    await waitFor(`the workflow of ${id} to be gone`, () => isGone(id), { timeoutMs: deletionLimitMs });
}

/** The row, with all that is written of it. */
const written = (id: string) =>
  api.database.prisma.order.findUniqueOrThrow({
    where: { id },
    include: { lines: true, timeline: true, outbox: true },
  });

describe('an order whose workflow is gone from Temporal', () => {
  it('has its timeline, and nothing is logged for what is as it should be', async () => {
    const { body } = await api.get(`/orders/${delivering}/timeline`, api.admin);
    expect((body as Timeline).items.map(({ step }) => step)).toContain('start-delivery');
    expect(api.logLines.join()).not.toContain('history not read');
  });

  it('has the first code and the order as it is now for a repeat', async () => {
    const before = await written(delivering);
    const again = await api.post(one, headers);
    expect(again.status).toBe(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toMatchObject({ id: delivering, status: 'DELIVERY_STARTED' });
    expect(await isGone(delivering)).toBe(true);
    expect(await written(delivering)).toEqual(before);
  });

  it('is not cancelled by a second one', async () => {
    const before = await written(delivering);
    const answer = await api.cancel(delivering);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'workflow-ended' });
    expect(await isGone(delivering)).toBe(true);
    expect(await written(delivering)).toEqual(before);
    expect(api.shop.payment(delivering)).not.toBe('refunded');
  });

  it('gets no second one to decide about stock', async () => {
    const stored = await api.database.store.find(undecided);
    expect(stored?.stockDecision).toBeNull();
    expect(await api.context.sagas.whenStockIsDecided(stored!, Date.now() + 5_000)).toBeUndefined();
    expect(await isGone(undecided)).toBe(true);
    expect((await api.cancel(undecided)).status).toBe(409);
    expect(await isGone(undecided)).toBe(true);
  });
});
