import type { Express } from 'express';
import { createDeliveryApp } from '../../api/delivery/app.js';
import type { DeliveryContext } from '../../api/delivery/context.js';
import { createInventoryApp } from '../../api/inventory/app.js';
import type { Context as InventoryContext } from '../../api/inventory/context.js';
import { createOrderApp } from '../../api/order/app.js';
import type { OrderContext } from '../../api/order/context.js';
import { createPaymentApp } from '../../api/payment/app.js';
import type { PaymentContext } from '../../api/payment/context.js';
import { createProductApp } from '../../api/product/app.js';
import type { Context as ProductContext } from '../../api/product/context.js';
import { createUserApp } from '../../api/user/app.js';
import type { UserContext } from '../../api/user/context.js';
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
export const SERVICES: [name: string, app: Express][] = (
  [
    ['user-service', (as) => createUserApp(parts as unknown as UserContext, as)],
    ['order-service', (as) => createOrderApp(parts as unknown as OrderContext, as.service)],
    ['inventory-service', (as) => createInventoryApp({ ...parts, ...as } as unknown as InventoryContext)],
    ['payment-service', (as) => createPaymentApp(parts as unknown as PaymentContext, as)],
    ['delivery-service', (as) => createDeliveryApp(parts as unknown as DeliveryContext, as)],
    ['product-service', (as) => createProductApp({ ...parts, ...as } as unknown as ProductContext)],
    ['notification-service', (as) => createNotificationApp(parts as unknown as NotificationContext, as)],
  ] as [string, (as: { service: string; logger: typeof logger }) => Express][]
).map(([service, create]) => [service, create({ service, logger })]);
