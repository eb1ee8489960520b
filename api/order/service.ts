import type { Client } from '@temporalio/client';
import type { Express } from 'express';
import { observeBreaker, createUserClient, type UserClient } from '../../clients/user-client.js';
import { createServiceClient, type ServiceClient } from '../../clients/http-client.js';
import { createProductClient, type ProductClient } from '../../clients/product-client.js';
import { createStockClient } from '../../clients/stock-client.js';
import { createServiceToken } from '../../clients/service-token.js';
import { orderOperations } from '../../contracts/http/order-operations.js';
import type { PaymentCapture } from '../../contracts/order-saga.js';
import type { Metrics } from '../../platform/metrics.js';
import { createTemporalClient, temporalSettingsFrom } from '../../platform/temporal/client.js';
import { createOrderStore, type OrderStore } from '../../services/order/order-store.js';
import { PrismaClient } from '../../services/order/prisma/generated/client.js';
import { sagaTimesFrom } from '../../services/order/saga-start.js';
import {
  createStatusChangeReader,
  type StatusChangeReader,
  startStatusListener,
  type StatusListener,
} from '../../services/order/status-changes.js';
import { createTimelineStore, type TimelineStore } from '../../services/order/timeline-store.js';
import { createServiceApp, type ServiceContext, openService } from '../http/app.js';
import type { Base } from '../http/serve.js';
import type { OrderApiConfig } from './config.js';
import { createEventStreams, type EventStreams } from './event-streams.js';
import { createOrderSagas, type OrderSagas } from './order-sagas.js';
import { ORDER_API_IDENTITY } from './saga-history.js';
import { type Admission, createAdmission } from './placing/admission.js';
import { cancelOrder } from './routes/cancel-order.js';
import { getDashboard } from './routes/get-dashboard.js';
import { getOrder } from './routes/get-order.js';
import { getReconciliation } from './routes/get-reconciliation.js';
import { getTimeline } from './routes/get-timeline.js';
import { listOrders } from './routes/list-orders.js';
import { giveUpOrder, retryOrder, reviewOrder, settleOrder } from './routes/operator-request.js';
import { placeOrder } from './routes/place-order.js';
import { refundOrder } from './routes/refund-order.js';
import { runReconciliation } from './routes/run-reconciliation.js';
import { watchOrder } from './routes/watch-order.js';

/** What the handlers work with. */
export interface OrderContext extends ServiceContext {
  metrics: Metrics;
  store: OrderStore;
  sagas: OrderSagas;
  temporal: Client;
  timeline: TimelineStore;
  changes: StatusChangeReader;
  listener: StatusListener;
  streams: EventStreams;
  users: UserClient;
  products: ProductClient;
  admission: Admission;
  /** What the metrics are asked of; there need not be one. */
  prometheus?: ServiceClient;
  orderWaitMs: number;
  paymentCapture: PaymentCapture;
  /** Of other systems, for operators; with what stands for an id. */
  pages: { workflow: string | undefined; trace: string | undefined; events: string | undefined };
}

export function createContext(base: Base<OrderApiConfig>): OrderContext {
  const { config, logger, metrics, onShutdown } = base;
  // Without Temporal orders are still taken and read, and started when it is back: to be ready it is not needed.
  const { prisma, common } = openService(base, PrismaClient, { connections: 20 });
  const temporal = createTemporalClient(temporalSettingsFrom(config), ORDER_API_IDENTITY);
  onShutdown('Temporal', () => temporal.close());

  const listener = startStatusListener({ databaseUrl: config.DATABASE_URL, service: config.SERVICE_NAME, logger });
  onShutdown('status listener', () => listener.stop());

  const urls = config.USER_SERVICE_URL;
  const token = createServiceToken({
    urls,
    clientId: config.OAUTH_CLIENT_ID,
    clientSecret: config.OAUTH_CLIENT_SECRET,
  });
  const observe = observeBreaker('user-service', { logger, registry: metrics.registry });
  return {
    ...common,
    store: createOrderStore(prisma),
    temporal: temporal.client,
    paymentCapture: config.PAYMENT_CAPTURE,
    sagas: createOrderSagas({ workflows: temporal.client.workflow, times: sagaTimesFrom(config), logger }),
    timeline: createTimelineStore(prisma),
    changes: createStatusChangeReader(prisma),
    listener,
    streams: createEventStreams(),
    users: createUserClient({ urls, token, observe }),
    products: createProductClient({ urls: config.PRODUCT_SERVICE_URL }),
    admission: createAdmission(createStockClient({ urls: config.INVENTORY_SERVICE_URL }), logger),
    ...(config.PROMETHEUS_URL && {
      prometheus: createServiceClient({ name: 'Prometheus', urls: config.PROMETHEUS_URL, timeoutMs: 2_000 }),
    }),
    orderWaitMs: config.ORDER_WAIT_MS,
    pages: { workflow: config.WORKFLOW_PAGE, trace: config.TRACE_PAGE, events: config.EVENTS_PAGE },
  };
}

export function createOrderApp(context: OrderContext): Express {
  const handlers = {
    placeOrder: placeOrder(context),
    listOrders: listOrders(context),
    getOrder: getOrder(context),
    watchOrder: watchOrder(context),
    cancelOrder: cancelOrder(context),
    refundOrder: refundOrder(context),
    getTimeline: getTimeline(context),
    retryOrder: retryOrder(context),
    giveUpOrder: giveUpOrder(context),
    settleOrder: settleOrder(context),
    reviewOrder: reviewOrder(context),
    getDashboard: getDashboard(context),
    getReconciliation: getReconciliation(context),
    runReconciliation: runReconciliation(context),
  };
  return createServiceApp('order-service', orderOperations, handlers, context);
}
