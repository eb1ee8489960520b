import { randomBytes, randomUUID } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageOf } from '../../contracts/http/common.js';
import { deliverySchema } from '../../contracts/http/deliveries.js';
import type { CarrierEvent } from '../../contracts/http/deliveries.js';
import { workflowIdOf } from '../../contracts/ids.js';
import { ORDER_SAGA } from '../../contracts/order-saga.js';
import { listen } from '../../platform/listen.js';
import { createLogger } from '../../platform/logger.js';
import { createTemporalClient } from '../../platform/temporal/client.js';
import type { TemporalClient } from '../../platform/temporal/client.js';
import { createDataConverter } from '../../platform/temporal/data-converter.js';
import { cancelDelivery } from '../../services/delivery/cancel-delivery.js';
import { createDeliveryReader } from '../../services/delivery/delivery-reader.js';
import { signCarrierEvent } from '../../services/delivery/domain/carrier-signature.js';
import { createEventRecorder } from '../../services/delivery/record-event.js';
import { startCarrierClock } from '../../services/delivery/simulated-carrier/carrier-clock.js';
import { createReportSender } from '../../services/delivery/simulated-carrier/send-report.js';
import { startDelivery } from '../../services/delivery/start-delivery.js';
import { addressIn, openDeliveries } from '../../services/delivery/testing/open-deliveries.js';
import { server } from '../../tests/support/servers.js';
import { startTokenIssuer } from '../../tests/support/token-issuer.js';
import type { TokenIssuer } from '../../tests/support/token-issuer.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createAuthenticator } from '../http/auth.js';
import { createDeliveryApp } from './app.js';
import type { DeliveryContext } from './context.js';
import { createSagaSignal } from './signal-saga.js';

const logged: Record<string, unknown>[] = [];
const logger = createLogger(
  { service: 'delivery-service', level: 'info' },
  { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
);
const settings = { service: 'delivery-service', logger };
const payloadKeys = { keys: { test: randomBytes(32).toString('base64') }, current: 'test' };
const carrierKeys = { k1: 'the first secret', k2: 'the second secret' };
const NEVER_MS = 3_600_000;

let deliveries: Awaited<ReturnType<typeof openDeliveries>>;
let tokens: TokenIssuer;
let temporal: TemporalClient;
let context: DeliveryContext;
const started: string[] = [];
beforeAll(async () => {
  deliveries = await openDeliveries();
  tokens = await startTokenIssuer();
  temporal = createTemporalClient({ address: server('TEMPORAL_ADDRESS'), namespace: 'default', payloadKeys });
  context = {
    deliveries: createDeliveryReader(deliveries.prisma),
    recordEvent: createEventRecorder(deliveries.prisma),
    signalSaga: createSagaSignal(temporal.client),
    carrierKeys,
    auth: createAuthenticator(tokens.authSettings),
    logger,
    readiness: {},
  };
});
afterAll(async () => {
  await Promise.all(started.map((orderId) => endSaga(orderId).catch(() => undefined)));
  await temporal.close();
  await tokens.close();
  await deliveries.close();
});

/** An order's workflow: nobody works on it, so that each signal that Temporal took stays to be seen. */
async function startSaga(orderId: string): Promise<void> {
  started.push(orderId);
  await temporal.client.workflow.start(ORDER_SAGA, {
    workflowId: workflowIdOf(orderId),
    taskQueue: `nobody-${orderId}`,
    args: [],
  });
}

const endSaga = (orderId: string) => temporal.client.workflow.getHandle(workflowIdOf(orderId)).terminate();

/** The statuses that an order's workflow was told. */
async function toldTo(orderId: string): Promise<string[]> {
  const history = await temporal.client.workflow.getHandle(workflowIdOf(orderId)).fetchHistory();
  const codec = createDataConverter(payloadKeys).payloadCodecs?.[0];
  const signals = history.events?.flatMap((event) => event.workflowExecutionSignaledEventAttributes ?? []) ?? [];
  return Promise.all(
    signals.map(async ({ signalName, input }) => {
      expect(signalName).toBe('deliveryUpdate');
      const [payload] = (await codec?.decode(input?.payloads ?? [])) ?? [];
      return (JSON.parse(Buffer.from(payload?.data ?? []).toString()) as { status: string }).status;
    }),
  );
}

let lastUser = 100;
const newUser = () => ++lastUser;
const service = (delayMs = NEVER_MS) => ({ store: deliveries.store, carrier: deliveries.carrier(delayMs) });

/** An order with a workflow, handed to the carrier. */
async function startedDelivery({ userId = newUser(), delayMs = NEVER_MS, postalCode = '04524' } = {}) {
  const orderId = randomUUID();
  await startSaga(orderId);
  const start = await startDelivery(service(delayMs), { orderId, userId, address: addressIn(postalCode), lines: [] });
  if (start.outcome !== 'started') throw new Error(start.outcome);
  return { orderId, userId, deliveryId: start.deliveryId, trackingNumber: start.trackingNumber };
}

interface Sent {
  at?: Date;
  signature?: string;
  body?: string;
  to?: DeliveryContext;
}

async function send(deliveryId: string, status: CarrierEvent, { at = new Date(), to = context, ...rest }: Sent = {}) {
  const body = rest.body ?? JSON.stringify({ status, at: '2026-03-01T12:00:00Z' });
  const signature = rest.signature ?? signCarrierEvent({ body, key: carrierKeys.k2, kid: 'k2', at });
  return request(createDeliveryApp(to, settings))
    .post(`/deliveries/${deliveryId}/events`)
    .set('content-type', 'application/json')
    .set('x-carrier-signature', signature)
    .send(body);
}

async function get(path: string, bearer?: string) {
  const call = request(createDeliveryApp(context, settings)).get(path);
  return bearer === undefined ? call : call.set('authorization', bearer);
}

const statusOf = async (id: string) => (await deliveries.prisma.delivery.findUniqueOrThrow({ where: { id } })).status;

describe('POST /deliveries/{id}/events', () => {
  it('takes each report once it has told the Saga', async () => {
    const { orderId, deliveryId } = await startedDelivery();
    expect((await send(deliveryId, 'in_transit')).status).toBe(202);
    expect(await statusOf(deliveryId)).toBe('IN_TRANSIT');
    expect((await send(deliveryId, 'delivered')).status).toBe(202);
    expect(await statusOf(deliveryId)).toBe('DELIVERED');
    expect(await toldTo(orderId)).toEqual(['in_transit', 'delivered']);
    const lines = logged.filter((line) => line['orderId'] === orderId).map((line) => line['message']);
    expect(lines).toEqual(['delivery completed']);
  });

  it('tells again what is repeated, since the first may not have got that far, and completes once', async () => {
    const { orderId, deliveryId } = await startedDelivery();
    await Promise.all([send(deliveryId, 'delivered'), send(deliveryId, 'delivered')]);
    expect((await send(deliveryId, 'delivered')).status).toBe(202);
    expect(await toldTo(orderId)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(await deliveries.prisma.deliveryEvent.count({ where: { deliveryId } })).toBe(1);
    expect(logged.filter((line) => line['orderId'] === orderId)).toHaveLength(1);
  });

  it('answers 503 while the Saga can not be told, and tells it when the carrier says it again', async () => {
    const { orderId, deliveryId } = await startedDelivery();
    const nowhere = createTemporalClient({ address: '127.0.0.1:1', namespace: 'default', payloadKeys });
    const cutOff = { ...context, signalSaga: createSagaSignal(nowhere.client) };
    const answer = await send(deliveryId, 'delivered', { to: cutOff });
    await nowhere.close();
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ code: 'saga-unavailable' });
    expect(answer.get('retry-after')).toBe('1');
    expect(await statusOf(deliveryId)).toBe('DELIVERED');
    expect(await toldTo(orderId)).toEqual([]);
    expect((await send(deliveryId, 'delivered')).status).toBe(202);
    expect(await toldTo(orderId)).toEqual(['delivered']);
  });

  it('takes a report for an order whose Saga is over', async () => {
    const { orderId, deliveryId } = await startedDelivery();
    await endSaga(orderId);
    expect((await send(deliveryId, 'in_transit')).status).toBe(202);
  });

  it('lets a report overtake the one before it, which then comes too late', async () => {
    const { orderId, deliveryId } = await startedDelivery();
    expect((await send(deliveryId, 'delivered')).status).toBe(202);
    const late = await send(deliveryId, 'in_transit');
    expect([late.status, late.type]).toEqual([409, 'application/problem+json']);
    expect(late.body).toMatchObject({ code: 'delivery-finished', type: '/problems/delivery-finished' });
    expect(await toldTo(orderId)).toEqual(['delivered']);
  });

  it('does not tell again of what something newer has followed', async () => {
    const { orderId, deliveryId } = await startedDelivery();
    await send(deliveryId, 'in_transit');
    await send(deliveryId, 'returned');
    expect((await send(deliveryId, 'in_transit')).status).toBe(202);
    expect(await toldTo(orderId)).toEqual(['in_transit', 'returned']);
    expect((await send(deliveryId, 'delivered')).status).toBe(409);
    expect(await statusOf(deliveryId)).toBe('RETURNED');
  });

  it('refuses a report of what was called off', async () => {
    const { orderId, userId, deliveryId } = await startedDelivery();
    await cancelDelivery(service(), { orderId, userId });
    expect((await send(deliveryId, 'delivered')).status).toBe(409);
    expect(await toldTo(orderId)).toEqual([]);
  });

  it('asks for it again while the booking is not written down', async () => {
    const { id } = await deliveries.store.open({ orderId: randomUUID(), userId: 1 });
    const answer = await send(id, 'in_transit');
    expect([answer.status, answer.get('retry-after')]).toEqual([503, '1']);
    expect((await send(randomUUID(), 'in_transit')).status).toBe(404);
  });

  it.each([
    ['none', () => ''],
    [
      'one of a key that we do not know',
      (body: string) => signCarrierEvent({ body, key: 'x', kid: 'k9', at: new Date() }),
    ],
    ['one made with another secret', (body: string) => signCarrierEvent({ body, key: 'x', kid: 'k1', at: new Date() })],
    ['one of another body', () => signCarrierEvent({ body: '{}', key: carrierKeys.k1, kid: 'k1', at: new Date() })],
    [
      'one of six minutes ago',
      (body: string) => signCarrierEvent({ body, key: carrierKeys.k1, kid: 'k1', at: new Date(Date.now() - 360_000) }),
    ],
  ])('refuses a signature: %s', async (_what, sign) => {
    const { orderId, deliveryId } = await startedDelivery();
    const body = JSON.stringify({ status: 'delivered', at: '2026-03-01T12:00:00Z' });
    const answer = await send(deliveryId, 'delivered', { body, signature: sign(body) });
    expect([answer.status, answer.type]).toEqual([401, 'application/problem+json']);
    expect(answer.get('www-authenticate')).toMatch(/^X-Carrier-Signature/);
    expect(await statusOf(deliveryId)).toBe('STARTED');
    expect(await toldTo(orderId)).toEqual([]);
  });

  it('checks the bytes as they came, and what they say', async () => {
    const { deliveryId } = await startedDelivery();
    const spaced = '{ "at": "2026-03-01T12:00:00Z",\n  "status": "in_transit" }';
    expect((await send(deliveryId, 'in_transit', { body: spaced })).status).toBe(202);
    for (const body of ['{"status":"lost","at":"2026-03-01T12:00:00Z"}', '{"status":"delivered"}', '{}'])
      expect((await send(deliveryId, 'delivered', { body })).status).toBe(400);
  });
});

describe('GET /deliveries', () => {
  const pageSchema = pageOf(deliverySchema);

  it('shows a delivery with its events to its owner and to an admin', async () => {
    const { orderId, userId, deliveryId, trackingNumber } = await startedDelivery();
    await send(deliveryId, 'in_transit');
    const answer = await get(`/deliveries?orderId=${orderId}`, await tokens.bearer(userId, 'customer'));
    expect(pageSchema.parse(answer.body).items).toMatchObject([
      { id: deliveryId, orderId, status: 'IN_TRANSIT', trackingNumber, events: [{ status: 'in_transit' }] },
    ]);
    const one = await get(`/deliveries/${deliveryId}`, await tokens.bearer(3, 'admin'));
    expect(deliverySchema.parse(one.body)).toMatchObject({ id: deliveryId, userId, carrier: 'Simulated Carrier' });
  });

  it("hides another user's", async () => {
    const { orderId, deliveryId } = await startedDelivery();
    const other = await tokens.bearer(newUser(), 'customer');
    expect((await get(`/deliveries/${deliveryId}`, other)).status).toBe(404);
    expect((await get(`/deliveries?orderId=${orderId}`, other)).body).toEqual({ items: [], nextCursor: null });
    expect((await get('/deliveries')).status).toBe(401);
  });

  it('shows neither what is undecided, nor what was refused, nor a mark', async () => {
    const userId = newUser();
    const { id } = await deliveries.store.open({ orderId: randomUUID(), userId });
    await startDelivery(service(), { orderId: randomUUID(), userId, address: addressIn('00000'), lines: [] });
    await cancelDelivery(service(), { orderId: randomUUID(), userId });
    const owner = await tokens.bearer(userId, 'customer');
    expect((await get('/deliveries', owner)).body).toEqual({ items: [], nextCursor: null });
    expect((await get(`/deliveries/${id}`, owner)).status).toBe(404);
  });

  it('pages, newest first', async () => {
    const userId = newUser();
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) ids.unshift((await startedDelivery({ userId })).deliveryId);
    const owner = await tokens.bearer(userId, 'customer');
    const first = pageSchema.parse((await get('/deliveries?limit=2', owner)).body);
    const second = pageSchema.parse((await get(`/deliveries?limit=2&cursor=${first.nextCursor ?? ''}`, owner)).body);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
  });
});

describe('the simulated carrier', () => {
  it.each([
    ['04524', ['in_transit', 'delivered'], 'DELIVERED'],
    ['99999', ['in_transit', 'returned'], 'RETURNED'],
  ])('brings an order to %s all the way into its Saga', async (postalCode, told, status) => {
    const api = await listen(createDeliveryApp(context, settings), { host: '127.0.0.1', port: 0 });
    // An instance that is gone comes first: its reports are sent again to the next.
    const urls = ['http://127.0.0.1:1', api.url];
    const clock = startCarrierClock({
      book: deliveries.book,
      send: createReportSender({ urls, key: carrierKeys.k1, kid: 'k1' }),
      logger,
    });
    try {
      const { orderId, deliveryId } = await startedDelivery({ postalCode, delayMs: 100 });
      clock.wake();
      await waitFor('the last report', async () => (await statusOf(deliveryId)) === status);
      expect(
        await waitFor('the end', async () => {
          const heard = await toldTo(orderId);
          return heard.length === told.length && heard;
        }),
      ).toEqual(told);
    } finally {
      await clock.stop();
      await api.close();
    }
  });
});
