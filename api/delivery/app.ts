import type { Express } from 'express';
import type { Logger } from '../../platform/logger.js';
import { createHttpApp } from '../http/app.js';
import type { DeliveryContext } from './context.js';
import { deliveryRoutes } from './routes/index.js';

export function createDeliveryApp(
  context: DeliveryContext,
  { service, logger }: { service: string; logger: Logger },
): Express {
  return createHttpApp({ service, logger, readiness: context.readiness, routers: deliveryRoutes(context) });
}
