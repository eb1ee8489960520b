import type { Express } from 'express';
import type { Logger } from '../../platform/logger.js';
import { createHttpApp } from '../http/app.js';
import type { PaymentContext } from './context.js';
import { paymentRoutes } from './routes/index.js';

export function createPaymentApp(
  context: PaymentContext,
  { service, logger }: { service: string; logger: Logger },
): Express {
  return createHttpApp({ service, logger, readiness: context.readiness, routers: paymentRoutes(context) });
}
