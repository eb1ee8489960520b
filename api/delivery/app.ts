import type { Express } from 'express';
import { deliveryOperations } from '../../contracts/http/operations/deliveries.js';
import type { Logger } from '../../platform/logger.js';
import { createHttpApp } from '../http/app.js';
import { documentRoute } from '../http/openapi/document-route.js';
import type { DeliveryContext } from './context.js';
import { deliveryRoutes } from './routes/index.js';

export function createDeliveryApp(
  context: DeliveryContext,
  { service, logger }: { service: string; logger: Logger },
): Express {
  const routers = [...deliveryRoutes(context), documentRoute('delivery-service', deliveryOperations)];
  return createHttpApp({ service, logger, readiness: context.readiness, routers });
}
