import { defaultPayloadConverter } from '@temporalio/common';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import supertest from 'supertest';
import { workflowIdOf } from '../../contracts/order-saga.js';
import type { Order } from '../../contracts/http/orders.js';
import type { Stall } from '../../contracts/saga-steps.js';
import type { OperatorRequest } from '../../contracts/timeline.js';
import { createLogger } from '../../platform/logger.js';
import type { RunningLoop } from '../../platform/loop.js';
import { createDataConverter } from '../../platform/temporal/client.js';
import { recordProgress } from '../../services/order/progress-store.js';
import { progress } from '../../services/order/testing/order-database.js';
import { createWatchedOrders } from '../../services/order/watched-orders.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { startWatcher } from '../../workers/watcher.js';
import { retry } from '../../workflows/order/messages.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

const minute = 60_000;
const day = 24 * 60 * minute;
const usual = Buffer.alloc(32, 7).toString('base64');
const newer = Buffer.alloc(32, 8).toString('base64');

let api: OrderApi;
let watcher: RunningLoop;
const registry = new Registry();
const lines: string[] = [];

beforeAll(async () => {
  api = await startOrderApi('stands_still', { attentionAfterMs: minute, carrierSilenceMs: 14 * day });
  const logger = createLogger({ service: 'order-service', level: 'info' }, { write: (line) => void lines.push(line) });
  watcher = startWatcher({
    orders: createWatchedOrders(api.database.prisma),
    workflows: api.temporal.client.workflow,
    // Orders keep what they started with.
    times: { attentionAfterMs: 1, paymentWindowMs: 1, carrierSilenceMs: 1 },
    registry,
    logger,
    ...{ everyMs: 50, restedMs: 0, takenWithinMs: 1_000 },
  });
});
afterAll(async () => {
  await watcher.stop();
  await api.close();
});
beforeEach(() => {
  api.shop.reset();
  api.shop.stock.set(1, 1_000);
});

const handleOf = (id: string) => api.temporal.client.workflow.getHandle(workflowIdOf(id));
const orderOf = async (id: string) => (await api.get(`/orders/${id}`, api.admin)).body as Order;

async function delivering(): Promise<string> {
  const { id } = (await api.post({ productId: 1, quantity: 1 })).body as Order;
  await api.reaches(id, 'DELIVERY_STARTED');
  return id;
}

const isSeen = (id: string, why: Stall) =>
  waitFor(
    `${id} to be seen standing still`,
    async () => {
      const { needsAttention, attention } = await orderOf(id);
      return needsAttention && attention?.step === 'saga' && attention.error === why && attention;
    },
    { timeoutMs: 45_000 },
  );
const isOver = (id: string) => waitFor('it to be over', async () => !(await orderOf(id)).needsAttention);

const ask = (id: string, request: OperatorRequest) =>
  supertest(api.app()).post(`/orders/${id}/${request}`).set('authorization', api.admin).send({ note: 'a test' });

const sagaEntries = async (id: string) =>
  (
    (await api.get(`/orders/${id}/timeline`, api.admin)).body as {
      items: { step: string; outcome: string; detail?: string }[];
    }
  ).items
    .filter(({ step }) => step === 'saga')
    .map(({ outcome, detail }) => `${outcome} ${detail}`);

describe('an order whose workflow task fails again and again, for a payload key is missing', () => {
  let id: string;
  beforeAll(async () => {
    api.shop.stock.set(1, 1_000);
    id = await delivering();
    const { payloadCodecs = [] } = createDataConverter({ keys: { newer }, current: 'newer' });
    const [payload] = (await payloadCodecs[0]?.encode([defaultPayloadConverter.toPayload('why')])) ?? [];
    await api.temporal.client.workflowService.signalWorkflowExecution({
      namespace: api.temporal.client.options.namespace,
      workflowExecution: { workflowId: workflowIdOf(id) },
      signalName: 'retry',
      input: { payloads: payload ? [payload] : [] },
    });
  });

  it('is seen, listed, counted and told', async () => {
    await isSeen(id, 'WorkflowTaskFails');
    const { items } = (await api.get('/orders?needsAttention=true', api.admin)).body as { items: Order[] };
    expect(items.map((order) => order.id)).toContain(id);
    const others = (await api.get('/orders?needsAttention=false', api.admin)).body as { items: Order[] };
    expect(others.items.map((order) => order.id)).not.toContain(id);
    await waitFor('the count', async () =>
      (await registry.metrics()).includes('orders_stalled{why="WorkflowTaskFails"} 1'),
    );
    const told = lines.filter((line) => line.includes('order stands still') && line.includes(id));
    expect(told).toHaveLength(1);
    expect(await sagaEntries(id)).toEqual(['failing WorkflowTaskFails']);
  });

  it('is neither cancelled, retried nor settled: each is told why', async () => {
    await isSeen(id, 'WorkflowTaskFails');
    const cancelled = await api.cancel(id);
    expect(cancelled.status).toBe(503);
    expect(cancelled.body).toMatchObject({
      code: 'cancel-unavailable',
      detail: expect.stringContaining('its workflow is stuck') as string,
    });
    for (const request of ['retry', 'settled'] as const) {
      const answer = await ask(id, request);
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ code: 'saga-unavailable' });
    }
  });

  it('can be given up, is undone once the key is there, and needs nobody then', async () => {
    await isSeen(id, 'WorkflowTaskFails');
    expect((await ask(id, 'give-up')).status).toBe(202);
    await api.stopWorkers().catch(() => undefined); // The SDK's worker does not stop well after that.
    await api.startWorkers(
      createDataConverter({ keys: { test: usual, newer }, current: 'test' }, { inWorkflows: true }),
    );
    const order = await api.reaches(id, 'CANCELLED');
    expect(order.cancelReason).toBe('OPERATOR_REQUEST');
    await isOver(id);
    const entries = await sagaEntries(id);
    expect(entries[0]).toBe('failing WorkflowTaskFails');
    // While there was no worker nobody took its task either.
    expect(entries.at(-1)).toMatch(/^done /);
    expect(lines.some((line) => line.includes('order goes on') && line.includes(id))).toBe(true);
  });
});

it('an order whose workflow task no worker takes is seen, and goes on when there is one', async () => {
  const id = await delivering();
  await api.stopWorkers();
  await handleOf(id).signal(retry);
  await isSeen(id, 'WorkflowTaskWaits');
  await api.startWorkers();
  await isOver(id);
  expect(await orderOf(id)).toMatchObject({ status: 'DELIVERY_STARTED' });
});

describe('an order whose workflow was terminated', () => {
  it('is seen, and whoever cancels it or asks for it is told', async () => {
    const id = await delivering();
    await handleOf(id).terminate();
    await isSeen(id, 'WorkflowEnded');
    for (const answer of [await api.cancel(id), await ask(id, 'retry'), await ask(id, 'give-up')]) {
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ code: 'workflow-ended' });
    }
    // As a repair does it. What is over needs nobody from that moment on.
    for (const status of ['CANCELLING', 'CANCELLED'] as const)
      await recordProgress(api.database.prisma, progress(id, status, { status }), {});
    expect(await orderOf(id)).toMatchObject({ status: 'CANCELLED', needsAttention: false });
    expect((await api.cancel(id)).status).toBe(200);
  });
});

it('an order that was placed and can not be started is seen', async () => {
  const held = api.shop.hold('reserve-stock');
  const { id } = (await api.post({ productId: 1, quantity: 1 }, { prefer: 'respond-async' })).body as Order;
  await held.reached;
  await handleOf(id).terminate();
  held.release();
  const other = `${id}-never`;
  await api.database.prisma.$executeRaw`
    INSERT INTO orders (id, user_id, body_hash, user_verified, status, currency, total_price, shipping_address, payment_method, created_at)
    SELECT ${other}, user_id, body_hash, user_verified, 'PENDING', currency, total_price, shipping_address, payment_method,
      now() - interval '1 hour' FROM orders WHERE id = ${id}`;
  await isSeen(other, 'WorkflowNotStarted');
  expect((await ask(other, 'give-up')).body).toMatchObject({ code: 'saga-unavailable' });
});

describe('an order whose row learns nothing', () => {
  const rests = (id: string, forMs: number) =>
    api.database.prisma.order.update({ where: { id }, data: { updatedAt: new Date(Date.now() - forMs) } });

  it('is seen once that is longer than its own longest wait', async () => {
    const [waiting, frozen] = [await delivering(), await delivering()];
    await rests(waiting, 13 * day);
    await rests(frozen, 15 * day);
    await isSeen(frozen, 'NothingMoves');
    expect((await orderOf(waiting)).needsAttention).toBe(false);
    await rests(frozen, 0);
    await isOver(frozen);
  });

  it('is not while it waits to be paid, for as long as its payment method allows', async () => {
    const unpaid = async () => {
      const { id } = (await api.post({ productId: 1, quantity: 1, paymentMethod: 'bank_transfer' })).body as Order;
      await waitFor('the wait', async () => (await orderOf(id)).payment);
      return id;
    };
    const [waiting, frozen] = [await unpaid(), await unpaid()];
    await rests(waiting, 2 * day);
    await rests(frozen, 4 * day);
    await isSeen(frozen, 'NothingMoves');
    expect((await orderOf(waiting)).needsAttention).toBe(false);
    for (const id of [waiting, frozen]) expect((await api.cancel(id)).status).toBe(200);
  });

  it('is not where it waits for an operator already', async () => {
    const id = await delivering();
    const since = new Date(Date.now() - 20 * day);
    const attention = { attentionStep: 'await-delivery', attentionSince: since, attentionReason: 'SILENT' };
    await api.database.prisma.order.update({
      where: { id },
      data: { updatedAt: since, needsAttention: true, ...attention, attentionError: 'CarrierSilent' },
    });
    const frozen = await delivering();
    await rests(frozen, 15 * day);
    await isSeen(frozen, 'NothingMoves');
    expect((await orderOf(id)).attention).toMatchObject({ step: 'await-delivery' });
  });
});
