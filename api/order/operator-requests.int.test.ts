import { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import supertest from 'supertest';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { UNDO_ABANDONED_ORDER, undoWorkflowIdOf } from '../../contracts/reconciliation.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import { timelineSchema, type Order } from '../../contracts/http/orders.js';
import type { SagaStep } from '../../contracts/saga-steps.js';
import type { OperatorRequest } from '../../contracts/timeline.js';
import { createTemporalClient } from '../../platform/temporal/client.js';
import { signalUnreadably } from '../../tests/support/temporal.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { sagaStart } from '../../services/order/saga-start.js';
import { createTimelineStore } from '../../services/order/timeline-store.js';
import { deliveryUpdate, initialSearchAttributes } from '../../workflows/order/messages.js';
import { createOrderSagas } from './order-sagas.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';
import { USUAL_TIMES } from '../../workflows/order/testing/usual-times.js';

let api: OrderApi;
beforeAll(async () => {
  api = await startOrderApi('operator_requests', { attentionAfterMs: 1_000 });
});
afterAll(() => api.close());
beforeEach(() => {
  api.shop.reset();
  api.shop.stock.set(1, 1_000);
});

async function place(body: object = {}): Promise<string> {
  return ((await api.post({ productId: 1, quantity: 1, ...body })).body as Order).id;
}

const needsAttention = (id: string) =>
  waitFor(`order ${id} to need attention`, async () => (await api.database.store.find(id))?.order.needsAttention);

/** As `tctl` is one. */
function clientWithoutKey(): Client {
  const { connection, options } = api.temporal.client;
  return new Client({ connection, namespace: options.namespace, identity: 'tctl@desk' });
}

/** An order whose `step` is down, and which asks for an operator. */
async function stuckAt(step: SagaStep, body: object = {}): Promise<string> {
  api.shop.down(step);
  const id = await place(body);
  await needsAttention(id);
  return id;
}

const ask = (id: string, request: OperatorRequest, body: object = { note: 'the provider is back' }, app = api.app()) =>
  supertest(app).post(`/orders/${id}/${request}`).set('authorization', api.admin).send(body);

const timelineOf = async (id: string, bearer = api.admin) =>
  timelineSchema.parse((await api.get(`/orders/${id}/timeline`, bearer)).body).items;
const inWords = async (id: string) =>
  (await timelineOf(id)).map(({ step, outcome, detail }) => [step, outcome, ...(detail ? [detail] : [])].join(' '));

async function carrierTells(id: string, status: 'in_transit' | 'delivered' | 'returned'): Promise<void> {
  if (status !== 'in_transit') api.shop.carrierSays(id, status);
  const handle = api.temporal.client.workflow.getHandle(workflowIdOf(id));
  await handle.signal(deliveryUpdate, { status, at: new Date().toISOString() });
}

describe('the timeline', () => {
  it('tells of each step in its order, with the service, the attempts and the time', async () => {
    const id = await place();
    await api.reaches(id, 'DELIVERY_STARTED');
    await carrierTells(id, 'in_transit');
    await waitFor('it to be in transit', async () => (await inWords(id)).includes('in-transit done'));
    await carrierTells(id, 'delivered');
    await api.reaches(id, 'COMPLETED');
    const items = await timelineOf(id, api.alice);
    expect(items.map(({ step, service, outcome }) => `${step} ${service} ${outcome}`)).toEqual([
      'order-created order-service done',
      'reserve-stock inventory-service done',
      'charge-payment payment-service done',
      'start-delivery delivery-service done',
      'in-transit delivery-service done',
      'commit-stock inventory-service done',
    ]);
    expect(items.every(({ attempts }) => attempts === 1)).toBe(true);
    const times = items.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
  });

  it('tells of a refusal, and of each compensation', async () => {
    const declined = await place({ paymentMethod: 'card_declined' });
    await api.reaches(declined, 'CANCELLED');
    expect(await inWords(declined)).toEqual([
      'order-created done',
      'reserve-stock done',
      'charge-payment refused card_declined',
      'release-stock undone',
      'cancelled done',
    ]);
    const called = await place();
    await api.reaches(called, 'DELIVERY_STARTED');
    await api.cancel(called, api.alice, { note: 'my door is 12 B' });
    const entries = await inWords(called);
    expect(entries.slice(4, 6)).toEqual(['cancel asked by the customer', 'cancel-delivery undone']);
    expect(entries.slice(6, 8).sort()).toEqual(['refund-payment undone', 'release-stock undone']);
    expect(entries.slice(8)).toEqual(['cancelled done']);
    expect(JSON.stringify(await timelineOf(called))).not.toContain('12 B');
  });

  it('is for the owner and for admins', async () => {
    const id = await place();
    for (const bearer of [api.bob, api.service]) {
      expect((await api.get(`/orders/${id}/timeline`, bearer)).status).toBe(404);
    }
    expect((await api.get('/orders/ord_none/timeline', api.admin)).status).toBe(404);
    expect((await api.get(`/orders/${id}/timeline`, '')).status).toBe(401);
  });

  it('links for admins alone to the pages of its workflow, its events and the trace that it began with', async () => {
    const id = await place();
    const links = async () => (await api.get(`/orders/${id}/timeline`, api.admin)).body as { links: object };
    const workflow = `http://temporal.test/workflows/order-${id}`;
    const events = `http://kafka.test/by-key?key=${id}`;
    expect((await links()).links).toEqual({ workflow, events });
    // Tests have no tracing.
    await api.database.prisma.timelineEntry.updateMany({
      where: { orderId: id, step: 'order-created' },
      data: { traceId: 'abc' },
    });
    expect((await links()).links).toEqual({ workflow, events, trace: 'http://zipkin.test/traces/abc' });
    expect((await api.get(`/orders/${id}/timeline`)).body).not.toHaveProperty('links');
  });

  it('has for admins how often a step was tried in its latest round, while that is under way too', async () => {
    api.shop.down('charge-payment', () => ApplicationFailure.nonRetryable('a mistake', 'Mistake'));
    const { workflow } = api.temporal.client;
    const patient = createOrderSagas({ workflows: workflow, times: USUAL_TIMES, logger: api.context.logger });
    const placed = await supertest(api.app({ sagas: patient }))
      .post('/orders')
      .set('authorization', api.alice)
      .send({ productId: 1, quantity: 1 });
    const { id } = placed.body as Order;
    const lastCharge = async (bearer?: string) =>
      (await timelineOf(id, bearer)).findLast(({ step }) => step === 'charge-payment');
    await needsAttention(id);
    expect(await lastCharge()).toMatchObject({ outcome: 'failing', tries: 1 });

    api.shop.down('charge-payment');
    const before = api.shop.countOf('charge-payment');
    await ask(id, 'retry');
    await waitFor('it to be tried a second time', async () => ((await lastCharge())?.tries ?? 0) > 1);
    api.shop.up('charge-payment');
    await api.reaches(id, 'DELIVERY_STARTED');
    const tries = api.shop.countOf('charge-payment') - before;
    expect(await lastCharge()).toMatchObject({ outcome: 'done', attempts: 2, tries });
    expect(await lastCharge(api.alice)).not.toHaveProperty('tries');
  });

  it('tells admins alone of what was sent to Temporal itself, by whom, and with what note', async () => {
    const id = await stuckAt('charge-payment');
    await ask(id, 'retry');
    const encrypting = createTemporalClient(api.temporalSettings, 'hana@desk');
    const plain = clientWithoutKey();
    const send = (client: Client, signal: string, ...note: string[]) =>
      client.workflow.getHandle(workflowIdOf(id)).signal(signal, ...note);
    await send(encrypting.client, 'retry', 'she has called');
    await send(plain, 'retry', 'so has he');
    await send(plain, 'giveUp');
    await encrypting.close();
    await api.reaches(id, 'CANCELLED');
    const entries = await timelineOf(id);
    const asked = entries.filter(({ outcome }) => outcome === 'asked');
    expect(asked.map(({ step, detail, operator }) => [step, detail, operator])).toEqual([
      ['retry', 'by an operator', { id: '3', note: 'the provider is back' }],
      ['retry', 'through Temporal', { id: 'hana@desk', note: 'she has called' }],
      ['retry', 'through Temporal', { id: 'tctl@desk', note: 'so has he' }],
      ['give-up', 'through Temporal', { id: 'tctl@desk', note: '' }],
      ['cancel', 'by the operator', undefined],
    ]);
    expect(entries.at(-1)?.step).toBe('cancelled');
    expect(JSON.stringify(await timelineOf(id, api.alice))).not.toMatch(/hana|tctl|Temporal/);
  });

  it('tells of a signal whose payload nobody can read', async () => {
    const id = await stuckAt('charge-payment');
    await signalUnreadably(api.temporalSettings.namespace, id, { signalName: 'settled', identity: 'mallory' });
    expect((await timelineOf(id)).at(-1)).toMatchObject({ step: 'settled', operator: { id: 'mallory', note: '' } });
    await api.temporal.client.workflow.getHandle(workflowIdOf(id)).terminate();
  });

  it('is told without what Temporal has while that is away', async () => {
    const id = await place();
    await api.reaches(id, 'DELIVERY_STARTED');
    const away = createTemporalClient({ ...api.temporalSettings, address: '127.0.0.1:1' });
    const without = await supertest(api.app({ temporal: away.client }))
      .get(`/orders/${id}/timeline`)
      .set('authorization', api.admin);
    await away.close();
    expect(without.status).toBe(200);
    const { items } = timelineSchema.parse(without.body);
    expect(items.map(({ step }) => step)).toEqual((await timelineOf(id)).map(({ step }) => step));
    expect(items.every(({ tries }) => tries === undefined)).toBe(true);
  });

  it('tells admins alone what a reconciliation found and an operator has put right', async () => {
    const id = await place();
    const by = { operator: 'hana', note: 'she has sent it back' };
    const timeline = createTimelineStore(api.database.prisma);
    for (let times = 0; times < 2; times++) await timeline.acknowledge(id, ['settled-and-done: twice'], by);
    expect((await timelineOf(id)).filter(({ step }) => step === 'acknowledged')).toMatchObject([
      { outcome: 'done', detail: 'settled-and-done: twice', operator: { id: 'hana', note: by.note } },
    ]);
    const customers = await timelineOf(id, api.alice);
    expect(customers.map(({ step }) => step)).not.toContain('acknowledged');
    expect(customers.length).toBeGreaterThan(0);
  });
});

describe('what an operator asks', () => {
  it('retry: what waits goes again now; who and why is kept, for operators', async () => {
    const id = await stuckAt('charge-payment');
    const began = Date.now();
    api.shop.up('charge-payment');
    const answer = await ask(id, 'retry');
    expect(answer.status).toBe(202);
    expect(answer.headers['location']).toBe(`/orders/${id}`);
    expect(answer.body).toMatchObject({ id });
    await api.reaches(id, 'DELIVERY_STARTED');
    // By itself it would have rested for half a minute.
    expect(Date.now() - began).toBeLessThan(20_000);
    expect(await inWords(id)).toEqual([
      'order-created done',
      'reserve-stock done',
      'charge-payment failing ServiceDown',
      'retry asked by an operator',
      'charge-payment done',
      'start-delivery done',
    ]);
    const asked = (await timelineOf(id)).find(({ step }) => step === 'retry');
    expect(asked).toMatchObject({ service: 'order-service', operator: { id: '3', note: 'the provider is back' } });
    const customers = await timelineOf(id, api.alice);
    expect(customers.find(({ step }) => step === 'retry')).toMatchObject({ detail: 'by an operator' });
    expect(JSON.stringify(customers)).not.toContain('the provider is back');
    expect(api.logLines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ message: 'operator asked', orderId: id, request: 'retry', operator: '3' }),
    );
    // It waits for nobody any more.
    const late = await ask(id, 'retry');
    expect(late.status).toBe(409);
    expect(late.body).toMatchObject({ code: 'attention-not-needed' });
    expect((await inWords(id)).filter((entry) => entry.startsWith('retry'))).toHaveLength(1);
  });

  it('give-up: the order is undone', async () => {
    const id = await stuckAt('charge-payment');
    const answers = await Promise.all([ask(id, 'give-up'), ask(id, 'give-up', { note: 'twice' })]);
    expect(answers.map(({ status }) => status)).toContain(202);
    expect(await api.reaches(id, 'CANCELLED')).toMatchObject({
      cancelReason: 'OPERATOR_REQUEST',
      needsAttention: false,
    });
    expect(await inWords(id)).toEqual(expect.arrayContaining(['give-up asked by an operator', 'cancelled done']));
    expect(api.shop.stock.get(1)).toBe(1_000);
    expect((await ask(id, 'settled')).body).toMatchObject({ code: 'attention-not-needed' });
  });

  it('settled: the order goes on without what waits', async () => {
    const id = await stuckAt('charge-payment');
    expect((await ask(id, 'settled', { note: '  charged by hand ' })).status).toBe(202);
    const order = await api.reaches(id, 'DELIVERY_STARTED');
    expect(order).not.toHaveProperty('paymentId');
    const entries = await timelineOf(id);
    expect(entries.find(({ step }) => step === 'settled')).toMatchObject({
      outcome: 'asked',
      operator: { note: 'charged by hand' },
    });
    expect(await inWords(id)).toContain('charge-payment done settled by an operator');
  });

  it('give-up is no way out of an undo, nor of what is delivered; retry is', async () => {
    const undone = await stuckAt('release-stock', { paymentMethod: 'card_declined' });
    const refused = await ask(undone, 'give-up');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'already-being-undone' });
    api.shop.up('release-stock');
    expect((await ask(undone, 'retry')).status).toBe(202);
    await api.reaches(undone, 'CANCELLED');

    api.shop.down('commit-stock');
    const delivered = await place();
    await api.reaches(delivered, 'DELIVERY_STARTED');
    await carrierTells(delivered, 'delivered');
    await needsAttention(delivered);
    expect((await ask(delivered, 'give-up')).body).toMatchObject({ code: 'not-cancellable' });
    api.shop.up('commit-stock');
    expect((await ask(delivered, 'retry')).status).toBe(202);
    await api.reaches(delivered, 'COMPLETED');
    expect((await inWords(delivered)).some((entry) => entry.startsWith('give-up'))).toBe(false);
  });

  it('is for admins, with a note', async () => {
    const id = await stuckAt('charge-payment');
    const before = await inWords(id);
    for (const bearer of [api.alice, api.service]) {
      const answer = await supertest(api.app())
        .post(`/orders/${id}/retry`)
        .set('authorization', bearer)
        .send({ note: 'x' });
      expect(answer.status).toBe(403);
    }
    for (const body of [{}, { note: '' }, { note: '  ' }, { note: 'x'.repeat(1_001) }, { note: 'x', step: 'y' }]) {
      expect((await ask(id, 'settled', body)).status).toBe(400);
    }
    expect((await ask('ord_none', 'retry')).status).toBe(404);
    expect(await inWords(id)).toEqual(before);
  });

  it('is not claimed to be heard while Temporal can not be reached, nor when the workflow was ended', async () => {
    const id = await stuckAt('charge-payment');
    const nowhere = createTemporalClient({
      address: '127.0.0.1:1',
      namespace: 'none',
      payloadKeys: { keys: { test: Buffer.alloc(32, 7).toString('base64') }, current: 'test' },
    });
    const { logger } = api.context;
    const sagas = createOrderSagas({ workflows: nowhere.client.workflow, times: USUAL_TIMES, logger });
    const unheard = await ask(id, 'settled', { note: 'nobody hears' }, api.app({ sagas }));
    await nowhere.close();
    expect(unheard.status).toBe(503);
    expect(unheard.body).toMatchObject({ code: 'saga-unavailable' });
    expect(Number(unheard.headers['retry-after'])).toBeGreaterThan(0);
    expect((await inWords(id)).at(-1)).toBe('settled unconfirmed by an operator');
    expect((await api.database.store.find(id))?.order).toMatchObject({ status: 'INVENTORY_RESERVED' });

    await api.temporal.client.workflow.getHandle(workflowIdOf(id)).terminate();
    const ended = await ask(id, 'retry');
    expect(ended.status).toBe(409);
    expect(ended.body).toMatchObject({ code: 'workflow-ended' });
    expect((await inWords(id)).at(-1)).toBe('retry refused by an operator');
  });
});

describe('an order that a repair undoes, for its own workflow was terminated', () => {
  const undo = async (id: string) => {
    const stored = await api.database.store.find(id);
    if (!stored) throw new Error('there is no such order');
    const times = { ...USUAL_TIMES, attentionAfterMs: 1_000 };
    const [input] = sagaStart(stored, { times, searchAttributesOf: initialSearchAttributes }).args;
    return api.temporal.client.workflow.start(UNDO_ABANDONED_ORDER, {
      workflowId: undoWorkflowIdOf(id),
      taskQueue: TASK_QUEUES.order,
      args: [input, 'OPERATOR_REQUEST'],
      typedSearchAttributes: initialSearchAttributes(input.order),
    });
  };
  const terminated = async () => {
    const id = await place();
    await api.reaches(id, 'DELIVERY_STARTED');
    await api.temporal.client.workflow.getHandle(workflowIdOf(id)).terminate();
    return id;
  };

  it('hears in its undo what is asked of it', async () => {
    const id = await terminated();
    api.shop.down('refund-payment');
    await undo(id);
    await needsAttention(id);
    expect((await api.cancel(id, api.admin)).status).toBe(202);
    await clientWithoutKey().workflow.getHandle(undoWorkflowIdOf(id)).signal('retry');
    expect((await inWords(id)).at(-1)).toBe('retry asked through Temporal');
    api.shop.up('refund-payment');
    expect((await ask(id, 'retry')).status).toBe(202);
    expect((await api.reaches(id, 'CANCELLED')).cancelReason).toBe('OPERATOR_REQUEST');
    expect((await api.cancel(id, api.admin)).status).toBe(200);
  });

  it('is not undone where its row says that it was completed', async () => {
    const id = await terminated();
    await api.database.prisma.order.update({ where: { id }, data: { status: 'COMPLETED' } });
    expect(await (await undo(id)).result()).toMatchObject({ id, status: 'COMPLETED' });
    expect(api.shop.payment(id)).toBe('charged');
  });
});
