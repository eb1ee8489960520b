import type { DataConverter } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Express } from 'express';
import { Registry } from 'prom-client';
import supertest from 'supertest';
import { createOrderActivities } from '../../../activities/order/order-activities.js';
import { createProductClient } from '../../../clients/product-client.js';
import { createStockClient } from '../../../clients/stock-client.js';
import { createUserClient } from '../../../clients/user-client.js';
import type { Order } from '../../../contracts/http/orders.js';
import type { SagaTimes } from '../../../contracts/order-saga.js';
import { TASK_QUEUES, type TaskQueue } from '../../../contracts/services.js';
import { createLogger } from '../../../platform/logger.js';
import { createMetrics } from '../../../platform/metrics.js';
import { temporalTelemetryPlugins } from '../../../platform/telemetry/telemetry.js';
import { createTemporalClient, type TemporalClient, type TemporalSettings } from '../../../platform/temporal/client.js';
import { createStatusChangeReader, startStatusListener } from '../../../services/order/status-changes.js';
import { openOrderDatabase, type OrderDatabase } from '../../../services/order/testing/order-database.js';
import { createTimelineStore } from '../../../services/order/timeline-store.js';
import { createTestNamespace } from '../../../tests/support/temporal-namespace.js';
import { startTokenIssuer, type TokenIssuer } from '../../../tests/support/token-issuer.js';
import { waitFor } from '../../../tests/support/wait-for.js';
import { dataConverter, quietRuntime } from '../../../workflows/order/testing/saga-test.js';
import { USUAL_TIMES } from '../../../workflows/order/testing/usual-times.js';
import { TestShop } from '../../../workflows/order/testing/test-shop.js';
import { workflowBundle } from '../../../workflows/order/testing/workflow-bundle.js';
import { createAuthenticator } from '../../http/auth.js';
import { createOrderApp } from '../service.js';
import type { OrderContext } from '../service.js';
import { createAdmission } from '../placing/admission.js';
import { createEventStreams } from '../event-streams.js';
import { createOrderSagas } from '../order-sagas.js';
import { ORDER_API_IDENTITY } from '../saga-history.js';
import { startNeighbours, type Neighbours } from './neighbours.js';

export interface OrderApi {
  context: OrderContext;
  database: OrderDatabase;
  temporal: TemporalClient;
  temporalSettings: TemporalSettings;
  neighbours: Neighbours;
  /** The other services' activities, in memory. */
  shop: TestShop;
  logLines: string[];
  issuer: TokenIssuer;
  alice: string;
  bob: string;
  admin: string;
  service: string;
  /** The API, in front of a context that differs in `over`. */
  app(over?: Partial<OrderContext>): Express;
  post(body: object, headers?: Record<string, string>): supertest.Test;
  get(path: string, bearer?: string): supertest.Test;
  cancel(id: string, bearer?: string, body?: object): supertest.Test;
  reaches(id: string, status: Order['status']): Promise<Order>;
  /** With the payload keys of others, or with those of all tests. */
  startWorkers(payloads?: DataConverter): Promise<void>;
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

/** The order API on a real database and a real Temporal server, whose workers run the real Saga. */
export async function startOrderApi(name: string, times: Partial<SagaTimes> = {}): Promise<OrderApi> {
  quietRuntime();
  const shop = new TestShop();
  const [database, settings, neighbours, issuer] = await Promise.all([
    openOrderDatabase(),
    createTestNamespace(name),
    startNeighbours(shop.stock),
    startTokenIssuer(),
  ]);
  const temporal = createTemporalClient(settings, ORDER_API_IDENTITY);
  const connection = await NativeConnection.connect({ address: settings.address });
  const logLines: string[] = [];
  const logger = createLogger(
    { service: 'order-service', level: 'info' },
    { write: (line) => void logLines.push(line) },
  );
  const context: OrderContext = {
    store: database.store,
    timeline: createTimelineStore(database.prisma),
    changes: createStatusChangeReader(database.prisma),
    listener: startStatusListener({ databaseUrl: database.url, service: 'order-service', logger }),
    streams: createEventStreams(),
    temporal: temporal.client,
    sagas: createOrderSagas({ workflows: temporal.client.workflow, times: { ...USUAL_TIMES, ...times }, logger }),
    users: createUserClient({ urls: [neighbours.url], token: () => Promise.resolve('service-token') }),
    products: createProductClient({ urls: [neighbours.url] }),
    admission: createAdmission(createStockClient({ urls: [neighbours.url] }), logger),
    auth: createAuthenticator(issuer.authSettings),
    orderWaitMs: 30_000,
    paymentCapture: 'at_order',
    pages: {
      workflow: 'http://temporal.test/workflows/{workflowId}',
      trace: 'http://zipkin.test/traces/{traceId}',
      events: 'http://kafka.test/by-key?key={orderId}',
    },
    logger,
    metrics: createMetrics('order-service'),
    readiness: {},
  };
  const app = (over: Partial<OrderContext> = {}) => createOrderApp({ ...context, ...over });
  const usual = app();
  const [alice, bob, admin, service] = await Promise.all([
    issuer.bearer(1, 'customer'),
    issuer.bearer(2, 'customer'),
    issuer.bearer(3, 'admin'),
    issuer.bearer('some-service', 'service'),
  ]);

  let running: { worker: Worker; done: Promise<void> }[] = [];
  const startWorkers = async (payloads: DataConverter = dataConverter): Promise<void> => {
    const common = {
      connection,
      namespace: settings.namespace,
      dataConverter: payloads,
      plugins: temporalTelemetryPlugins(),
      // Only for a worker that hangs: a busy machine takes its time.
      shutdownForceTime: 30_000,
    };
    const orders = createOrderActivities({ prisma: database.prisma, logger, registry: new Registry() });
    const bundle = { workflowBundle: await workflowBundle(), stickyQueueScheduleToStartTimeout: '2s' };
    const others: Record<Exclude<TaskQueue, 'order'>, object> = {
      inventory: shop.inventory,
      payment: shop.payments,
      delivery: shop.deliveries,
    };
    const workers = await Promise.all([
      Worker.create({ ...common, ...bundle, taskQueue: TASK_QUEUES.order, activities: orders }),
      ...Object.entries(others).map(([taskQueue, activities]) => Worker.create({ ...common, taskQueue, activities })),
    ]);
    running = workers.map((worker) => ({ worker, done: worker.run() }));
  };
  const stopWorkers = async (): Promise<void> => {
    for (const { worker } of running) worker.shutdown();
    await Promise.all(running.splice(0).map(({ done }) => done));
  };
  await startWorkers();

  return {
    temporalSettings: settings,
    ...{ context, database, temporal, neighbours, shop, logLines, issuer, alice, bob, admin, service, app },
    ...{ startWorkers, stopWorkers },
    post: (body, headers = {}) =>
      supertest(usual)
        .post('/orders')
        .set({ authorization: alice, ...headers })
        .send(body),
    get: (path, bearer = alice) => supertest(usual).get(path).set({ authorization: bearer }),
    cancel: (id, bearer = alice, body = {}) =>
      supertest(usual).post(`/orders/${id}/cancel`).set({ authorization: bearer }).send(body),
    reaches: (id, status) =>
      waitFor(`order ${id} to be ${status}`, async () => {
        const order = (await database.store.find(id))?.order;
        return order?.status === status && order;
      }),
    close: async () => {
      await stopWorkers();
      context.streams.close();
      await context.listener.stop();
      await connection.close();
      await temporal.close();
      await Promise.all([neighbours.close(), issuer.close(), database.close()]);
    },
  };
}
