import type { Express } from 'express';
import { createDeliveryApp, type DeliveryContext } from '../../api/delivery/service.js';
import { createInventoryApp, type InventoryContext } from '../../api/inventory/service.js';
import { createOrderApp, type OrderContext } from '../../api/order/service.js';
import { createPaymentApp, type PaymentContext } from '../../api/payment/service.js';
import { createProductApp, type ProductContext } from '../../api/product/service.js';
import { createUserApp, type UserContext } from '../../api/user/service.js';
import { createNotificationApp } from '../../notifications/app.js';
import type { NotificationContext } from '../../notifications/context.js';
import { createLogger } from '../../platform/logger.js';
import { createMetrics } from '../../platform/metrics.js';

const logger = createLogger({ service: 'tests', level: 'silent' });

/** Routes are made from these, and never called. */
const pass = () => undefined;
const parts = {
  logger,
  metrics: createMetrics('tests'),
  readiness: {},
  auth: { required: pass, optional: pass },
  issuer: 'http://holdfast.test',
  carrierKeys: {},
  rates: { signUps: [], tokens: [], passwords: [] },
};

/** Each service's app, as it registers its routes; with nothing behind them. */
export const SERVICES: [name: string, app: Express][] = [
  ['user-service', createUserApp(parts as unknown as UserContext)],
  ['order-service', createOrderApp(parts as unknown as OrderContext)],
  ['inventory-service', createInventoryApp(parts as unknown as InventoryContext)],
  ['payment-service', createPaymentApp(parts as unknown as PaymentContext)],
  ['delivery-service', createDeliveryApp(parts as unknown as DeliveryContext)],
  ['product-service', createProductApp(parts as unknown as ProductContext)],
  ['notification-service', createNotificationApp(parts as unknown as NotificationContext, { logger })],
];
