import { randomBytes, randomUUID } from 'node:crypto';
import request from 'supertest';
import type { CarrierEvent } from '../../../contracts/http/deliveries.js';
import { workflowIdOf, ORDER_SAGA } from '../../../contracts/order-saga.js';
import { createLogger } from '../../../platform/logger.js';
import { createTemporalClient, createDataConverter } from '../../../platform/temporal/client.js';
import { createDeliveryReader } from '../../../services/delivery/delivery-reader.js';
import { signMessage } from '../../../platform/signed-message.js';
import { createEventRecorder, createToldMarker } from '../../../services/delivery/record-event.js';
import { SIMULATED_CARRIER } from '../../../services/delivery/simulated-carrier/simulated-carrier.js';
import { startDelivery } from '../../../services/delivery/start-delivery.js';
import { addressIn, openDeliveries } from '../../../services/delivery/testing/open-deliveries.js';
import { server } from '../../../tests/support/servers.js';
import { startTokenIssuer } from '../../../tests/support/token-issuer.js';
import { createAuthenticator } from '../../http/auth.js';
import { createDeliveryApp } from '../service.js';
import type { DeliveryContext } from '../service.js';
import { createSagaSignal } from '../routes/report-delivery.js';

export const carrierKeys = {
  k1: { carrier: SIMULATED_CARRIER, secret: 'the first secret' },
  k2: { carrier: SIMULATED_CARRIER, secret: 'the second secret' },
  other: { carrier: 'Another Carrier', secret: 'the secret of another one' },
};
const payloadKeys = { keys: { test: randomBytes(32).toString('base64') }, current: 'test' };
const NEVER_MS = 3_600_000;

interface Sent {
  signature?: string;
  body?: string;
  /** With something else in its context. */
  with?: Partial<DeliveryContext>;
}

export type DeliveryApi = Awaited<ReturnType<typeof openDeliveryApi>>;

/** The delivery API on a throwaway database and the real Temporal. Close it in afterAll. */
export async function openDeliveryApi() {
  const logged: Record<string, unknown>[] = [];
  const logger = createLogger(
    { service: 'delivery-service', level: 'info' },
    { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const deliveries = await openDeliveries();
  const tokens = await startTokenIssuer();
  const temporal = createTemporalClient({ address: server('TEMPORAL_ADDRESS'), namespace: 'default', payloadKeys });
  const nowhere = createTemporalClient({ address: '127.0.0.1:1', namespace: 'default', payloadKeys });
  const context: DeliveryContext = {
    deliveries: createDeliveryReader(deliveries.prisma),
    recordEvent: createEventRecorder(deliveries.prisma),
    markTold: createToldMarker(deliveries.prisma),
    signalSaga: createSagaSignal(temporal.client),
    carrierKeys,
    isSimulated: true,
    auth: createAuthenticator(tokens.authSettings),
    logger,
    readiness: {},
  };
  const appWith = (changes: Partial<DeliveryContext> = {}) => createDeliveryApp({ ...context, ...changes });

  const sagaOf = (orderId: string) => temporal.client.workflow.getHandle(workflowIdOf(orderId));
  const started: string[] = [];
  /** An order's workflow: nobody works on it, so that each signal that Temporal took stays to be seen. */
  const startSaga = async (orderId: string): Promise<void> => {
    started.push(orderId);
    const taskQueue = `nobody-${orderId}`;
    await temporal.client.workflow.start(ORDER_SAGA, { workflowId: workflowIdOf(orderId), taskQueue, args: [] });
  };
  const service = (delayMs = NEVER_MS) => ({ store: deliveries.store, carrier: deliveries.carrier(delayMs) });
  let lastUser = 100;
  const newUser = () => ++lastUser;

  return {
    deliveries,
    tokens,
    logger,
    appWith,
    service,
    newUser,
    /** A Saga that can't be told anything. */
    unreachableSaga: createSagaSignal(nowhere.client),
    endSaga: (orderId: string) => sagaOf(orderId).terminate(),
    linesOf: (orderId: string) => logged.filter((line) => line['orderId'] === orderId).map((line) => line['message']),
    /** Why calls for it were refused, as it is audited. */
    refusalsOf: (deliveryId: string) =>
      logged
        .filter(({ audit, request }) => audit === 'authn_signature_fail' && String(request).includes(deliveryId))
        .map(({ outcome }) => outcome),
    statusOf: async (id: string) => (await deliveries.prisma.delivery.findUniqueOrThrow({ where: { id } })).status,

    /** An order with a workflow, handed to the carrier. */
    startedDelivery: async ({ userId = newUser(), delayMs = NEVER_MS, postalCode = '04524' } = {}) => {
      const orderId = randomUUID();
      await startSaga(orderId);
      const order = { orderId, userId, address: addressIn(postalCode), lines: [] };
      const start = await startDelivery(service(delayMs), order);
      if (start.outcome !== 'started') throw new Error(start.outcome);
      return { orderId, userId, deliveryId: start.deliveryId, trackingNumber: start.trackingNumber };
    },

    /** The statuses that an order's workflow was told, decrypted. */
    toldTo: async (orderId: string): Promise<string[]> => {
      const history = await sagaOf(orderId).fetchHistory();
      const codec = createDataConverter(payloadKeys).payloadCodecs?.[0];
      const signals = history.events?.flatMap((event) => event.workflowExecutionSignaledEventAttributes ?? []) ?? [];
      return Promise.all(
        signals.map(async ({ signalName, input }) => {
          const [payload] = (await codec?.decode(input?.payloads ?? [])) ?? [];
          const { status } = JSON.parse(Buffer.from(payload?.data ?? []).toString()) as { status: string };
          return signalName === 'deliveryUpdate' ? status : `${signalName ?? 'no signal'}: ${status}`;
        }),
      );
    },

    /** What a carrier sends, signed now unless a test has its own signature. */
    send: async (deliveryId: string, status: CarrierEvent, sent: Sent = {}) => {
      const body = sent.body ?? JSON.stringify({ deliveryId, status, at: '2026-03-01T12:00:00Z' });
      const signature = sent.signature ?? signMessage({ body, key: carrierKeys.k2.secret, kid: 'k2', at: new Date() });
      return request(appWith(sent.with))
        .post(`/deliveries/${deliveryId}/events`)
        .set('content-type', 'application/json')
        .set('x-carrier-signature', signature)
        .send(body);
    },

    /** What an admin has the simulated carrier say. */
    simulate: async (deliveryId: string, status: string, changes: Partial<DeliveryContext> = {}) =>
      request(appWith(changes))
        .post(`/deliveries/${deliveryId}/simulated-events`)
        .set('authorization', await tokens.bearer(newUser(), 'admin'))
        .send({ status }),

    get: async (path: string, bearer?: string) => {
      const call = request(appWith()).get(path);
      return bearer === undefined ? call : call.set('authorization', bearer);
    },

    close: async () => {
      await Promise.all(
        started.map((orderId) =>
          sagaOf(orderId)
            .terminate()
            .catch(() => undefined),
        ),
      );
      await Promise.all([temporal.close(), nowhere.close(), tokens.close(), deliveries.close()]);
    },
  };
}
