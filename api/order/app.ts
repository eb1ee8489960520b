import type { Express } from 'express';

import { orderOperations } from '../../contracts/http/operations/orders.js';
import { OPERATOR_REQUESTS } from '../../contracts/timeline.js';
import { createHttpApp } from '../http/app.js';
import { documentRoute } from '../http/openapi/document-route.js';
import type { OrderContext } from './context.js';
import { cancelOrder } from './routes/cancel-order.js';
import { getOrder } from './routes/get-order.js';
import { getTimeline } from './routes/get-timeline.js';
import { listOrders } from './routes/list-orders.js';
import { operatorRequest } from './routes/operator-request.js';
import { placeOrder } from './routes/place-order.js';
import { watchOrder } from './routes/watch-order.js';

export function createOrderApp(context: OrderContext, service: string): Express {
  const { logger, readiness, metrics } = context;
  const routers = [
    placeOrder(context),
    listOrders(context),
    getOrder(context),
    watchOrder(context),
    cancelOrder(context),
    getTimeline(context),
    ...OPERATOR_REQUESTS.map((request) => operatorRequest(request, context)),
    documentRoute('order-service', orderOperations),
  ];
  return createHttpApp({ service, logger, readiness, routers, metrics });
}
