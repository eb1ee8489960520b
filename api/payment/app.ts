import type { Express } from 'express';
import { paymentOperations } from '../../contracts/http/operations/payments.js';
import type { Logger } from '../../platform/logger.js';
import { createHttpApp } from '../http/app.js';
import { documentRoute } from '../http/openapi/document-route.js';
import type { PaymentContext } from './context.js';
import { paymentRoutes } from './routes/index.js';

export function createPaymentApp(
  context: PaymentContext,
  { service, logger }: { service: string; logger: Logger },
): Express {
  const routers = [...paymentRoutes(context), documentRoute('payment-service', paymentOperations)];
  return createHttpApp({ service, logger, readiness: context.readiness, routers });
}
