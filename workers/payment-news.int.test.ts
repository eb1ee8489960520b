import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ORDER_SAGA, workflowIdOf } from '../contracts/order-saga.js';
import { createLogger } from '../platform/logger.js';
import type { RunningLoop } from '../platform/loop.js';
import { createTemporalClient, type TemporalClient, type TemporalSettings } from '../platform/temporal/client.js';
import { createEventInbox, type EventInbox } from '../services/payment/event-inbox.js';
import { PRUNABLE_OF_PAYMENTS } from '../services/payment/prunable.js';
import { openPayments } from '../services/payment/testing/open-payments.js';
import { pruneOnce } from '../tests/support/prune-once.js';
import { createTestNamespace } from '../tests/support/temporal-namespace.js';
import { waitFor } from '../tests/support/wait-for.js';
import { startPaymentNews, type PaymentNewsSettings } from './payment-news.js';

let payments: Awaited<ReturnType<typeof openPayments>>;
let settings: TemporalSettings;
let temporal: TemporalClient;
let inbox: EventInbox;
const loops: RunningLoop[] = [];
const lines: Record<string, unknown>[] = [];
const logger = createLogger(
  { service: 'payment-service', level: 'info' },
  { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
);

beforeAll(async () => {
  [payments, settings] = await Promise.all([openPayments(), createTestNamespace('news')]);
  temporal = createTemporalClient(settings);
  inbox = createEventInbox(payments.prisma);
});
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()));
  await payments.prisma.providerEvent.deleteMany();
});
afterAll(async () => {
  await temporal.close();
  await payments.close();
});

function tell(changes: Partial<PaymentNewsSettings> = {}): Registry {
  const registry = new Registry();
  loops.push(
    startPaymentNews({ inbox, workflows: temporal.client.workflow, registry, logger, everyMs: 50, ...changes }),
  );
  return registry;
}

const newOrderId = () => `ord_${randomUUID()}`;
/** Nobody works on it, so that each signal that Temporal took stays to be seen. */
async function startSaga(orderId = newOrderId()): Promise<string> {
  const start = { workflowId: workflowIdOf(orderId), taskQueue: `nobody-${orderId}`, args: [] };
  await temporal.client.workflow.start(ORDER_SAGA, start);
  return orderId;
}
const sagaOf = (orderId: string) => temporal.client.workflow.getHandle(workflowIdOf(orderId));
/** With what each signal said. */
async function signalsTo(orderId: string): Promise<[string | null | undefined, number][]> {
  const { events = [] } = await sagaOf(orderId).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal ? [[signal.signalName, signal.input?.payloads?.length ?? 0] as [string | null | undefined, number]] : [],
  );
}
async function receive(chargeKey: string): Promise<string> {
  const event = { provider: 'simulated', eventId: randomUUID(), type: 'charge.succeeded', chargeKey };
  expect(await inbox.receive({ ...event, payload: '{}' })).toBe(true);
  return event.eventId;
}
const rowOf = (eventId: string) =>
  payments.prisma.providerEvent.findUniqueOrThrow({ where: { provider_eventId: { provider: 'simulated', eventId } } });
const comesTo = (eventId: string, state: string) =>
  waitFor(`the event to be ${state}`, async () => (await rowOf(eventId)).state === state);
/** As if its pause were over. */
const isDue = (eventId: string, changes: { receivedAt?: Date } = {}) =>
  payments.prisma.providerEvent.updateMany({ where: { eventId }, data: { nextAt: new Date(0), ...changes } });
const linesOf = (orderId: string) => lines.filter((line) => line['orderId'] === orderId).map(({ message }) => message);
const taken = (eventId: string, attempts: number) =>
  waitFor(`try ${attempts}`, async () => (await rowOf(eventId)).attempts >= attempts);

describe('news of a payment', () => {
  it('are told to the Saga once, without a word of what they are, by however many processes', async () => {
    const orderIds = await Promise.all(Array.from({ length: 12 }, () => startSaga()));
    const eventIds = await Promise.all(orderIds.map(receive));
    for (let count = 0; count < 3; count++) tell();
    await Promise.all(eventIds.map((eventId) => comesTo(eventId, 'TOLD')));
    for (const orderId of orderIds) expect(await signalsTo(orderId)).toEqual([['paymentChanged', 0]]);
  });

  it('are told again where whoever told them died before they were marked', async () => {
    const orderId = await startSaga();
    const eventId = await receive(orderId);
    let told = 0;
    const settle = () => {
      told += 1;
      return Promise.reject(new Error('dies here'));
    };
    tell({ inbox: { ...inbox, settle } });
    await waitFor('the death', () => told === 1);
    await loops.pop()?.stop();
    expect(await rowOf(eventId)).toMatchObject({ state: 'WAITING' });
    await isDue(eventId);
    tell();
    await comesTo(eventId, 'TOLD');
    expect(await signalsTo(orderId)).toHaveLength(2);
  });

  it('that come before their order wait for it', async () => {
    const orderId = newOrderId();
    const eventId = await receive(orderId);
    tell();
    await taken(eventId, 1);
    const { state, nextAt } = await rowOf(eventId);
    expect(state).toBe('WAITING');
    expect(nextAt.getTime()).toBeGreaterThan(Date.now() + 5_000);
    await startSaga(orderId);
    await isDue(eventId);
    await comesTo(eventId, 'TOLD');
    expect(await signalsTo(orderId)).toHaveLength(1);
  });

  it('wait longer and longer, a minute at most', async () => {
    const eventId = await receive(newOrderId());
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      await isDue(eventId);
      const asked = Date.now();
      expect(await inbox.take(5)).toHaveLength(1);
      pauses.push(Math.round(((await rowOf(eventId)).nextAt.getTime() - asked) / 1_000));
    }
    expect(pauses).toEqual([10, 20, 40, 60, 60]);
    expect(await inbox.take(5)).toEqual([]);
  });

  it('of an order whose Saga is over are told to nobody', async () => {
    const orderId = await startSaga();
    await sagaOf(orderId).terminate();
    await payments.store.open({ orderId, userId: 1, amount: 1, currency: 'KRW' });
    const eventId = await receive(orderId);
    tell();
    await comesTo(eventId, 'TOLD');
    expect(await signalsTo(orderId)).toEqual([]);
  });

  it('of no order of ours are kept, and told of, once they can not be early any more', async () => {
    const orderId = newOrderId();
    const eventId = await receive(orderId);
    const registry = tell();
    await taken(eventId, 1);
    expect((await rowOf(eventId)).state).toBe('WAITING');
    await isDue(eventId, { receivedAt: new Date(Date.now() - 16 * 60_000) });
    await comesTo(eventId, 'UNKNOWN');
    await waitFor('the line', () => linesOf(orderId).includes("a provider's event is about no order of ours"));
    const shown = await waitFor('the number', async () => {
      const text = await registry.metrics();
      return /^payment_events_unknown 1$/m.test(text) && text;
    });
    expect(shown).toMatch(/^payment_events_waiting 0$/m);
  });

  it('wait while Temporal is away, hold nothing up, and show for how long', async () => {
    const orderId = await startSaga();
    const eventId = await receive(orderId);
    const nowhere = createTemporalClient({ ...settings, address: '127.0.0.1:1' });
    const registry = tell({ workflows: nowhere.client.workflow });
    await isDue(eventId, { receivedAt: new Date(Date.now() - 60_000) });
    await taken(eventId, 1);
    expect(await registry.metrics()).toMatch(/^payment_events_waiting_seconds 6\d(\.\d+)?$/m);
    await loops.pop()?.stop();
    await isDue(eventId);
    tell();
    await comesTo(eventId, 'TOLD');
    expect(await signalsTo(orderId)).toHaveLength(1);
  });

  it('go a month after they came, but for those that wait', async () => {
    const [told, waiting] = [await receive(await startSaga()), await receive(newOrderId())];
    await inbox.settle({ provider: 'simulated', eventId: told, chargeKey: '', receivedAt: new Date() }, 'TOLD');
    const young = await receive(newOrderId());
    await isDue(told, { receivedAt: new Date(Date.now() - 31 * 86_400_000) });
    await isDue(waiting, { receivedAt: new Date(Date.now() - 31 * 86_400_000) });
    expect(await pruneOnce(payments.database.url, PRUNABLE_OF_PAYMENTS)).toBe(1);
    const left = await payments.prisma.providerEvent.findMany();
    expect(left.map(({ eventId }) => eventId).sort()).toEqual([waiting, young].sort());
  });
});
