import type { z } from 'zod';
import { settings as codec } from '../../api/codec/config.js';
import { settings as deliveryApi } from '../../api/delivery/config.js';
import { settings as gateway } from '../../api/gateway/config.js';
import { settings as inventoryApi } from '../../api/inventory/config.js';
import { settings as orderApi } from '../../api/order/config.js';
import { settings as paymentApi } from '../../api/payment/config.js';
import { settings as productApi } from '../../api/product/config.js';
import { settings as userApi } from '../../api/user/config.js';
import { dlqSettings, settings as notifications } from '../../notifications/config.js';
import { telemetrySettings } from '../../platform/env.js';
import { databasesSettings as databases, settings as setup } from '../../stack/setup/config.js';
import {
  deliveryWorkerSettings as deliveryWorker,
  inventoryWorkerSettings as inventoryWorker,
  orderWorkerSettings as orderWorker,
  paymentWorkerSettings as paymentWorker,
  reconcileSettings as reconcile,
} from '../../workers/config.js';

export type Settings = Record<string, z.ZodType>;

/** By their names in the stack, what those read that stay up. */
const listening: Record<string, { shape: Settings }> = {
  gateway,
  'user-service': userApi,
  'product-service': productApi,
  'order-service': orderApi,
  'order-worker': orderWorker,
  'inventory-service': inventoryApi,
  'inventory-worker': inventoryWorker,
  'payment-service': paymentApi,
  'payment-worker': paymentWorker,
  'delivery-service': deliveryApi,
  'delivery-worker': deliveryWorker,
  'notification-service': notifications,
  'codec-server': codec,
};

/** What each process reads from its environment. */
export const settingsOfProcesses: Record<string, Settings> = {
  ...Object.fromEntries(
    Object.entries(listening).map(([name, { shape }]) => [name, { ...shape, ...telemetrySettings }]),
  ),
  databases: databases.shape,
  setup: setup.shape,
  reconcile: reconcile.shape,
  dlq: dlqSettings.shape,
};
