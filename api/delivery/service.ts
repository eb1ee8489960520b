import type { Express } from 'express';
import { deliveryOperations } from '../../contracts/http/deliveries.js';
import type { Logger } from '../../platform/logger.js';
import { createTemporalClient, temporalSettingsFrom } from '../../platform/temporal/client.js';
import { createDeliveryReader, type DeliveryReader } from '../../services/delivery/delivery-reader.js';
import type { CarrierKeys } from '../../services/delivery/carrier.js';
import { PrismaClient } from '../../services/delivery/prisma/generated/client.js';
import {
  createEventRecorder,
  createToldMarker,
  type MarkTold,
  type RecordEvent,
} from '../../services/delivery/record-event.js';
import { createServiceApp, type ServiceContext, openService } from '../http/app.js';
import type { Base } from '../http/serve.js';
import type { DeliveryApiConfig } from './config.js';
import { getDelivery } from './routes/get-delivery.js';
import { listDeliveries } from './routes/list-deliveries.js';
import { reportDelivery, simulateReport, createSagaSignal, type SignalSaga } from './routes/report-delivery.js';

/** What the handlers work with. */
export interface DeliveryContext extends ServiceContext {
  deliveries: DeliveryReader;
  recordEvent: RecordEvent;
  markTold: MarkTold;
  signalSaga: SignalSaga;
  carrierKeys: CarrierKeys;
  /** Not in production: admins speak for the simulated carrier. */
  isSimulated: boolean;
  logger: Logger;
}

export function createContext(base: Base<DeliveryApiConfig>): DeliveryContext {
  const { config, onShutdown } = base;
  const { prisma, common } = openService(base, PrismaClient);
  const temporal = createTemporalClient(temporalSettingsFrom(config));
  onShutdown('Temporal connection', () => temporal.close());
  return {
    ...common,
    deliveries: createDeliveryReader(prisma),
    recordEvent: createEventRecorder(prisma),
    markTold: createToldMarker(prisma),
    signalSaga: createSagaSignal(temporal.client),
    carrierKeys: config.CARRIER_KEYS,
    isSimulated: config.NODE_ENV !== 'production',
    readiness: { ...common.readiness, Temporal: () => temporal.check() },
  };
}

export function createDeliveryApp(context: DeliveryContext): Express {
  const handlers = {
    listDeliveries: listDeliveries(context),
    getDelivery: getDelivery(context),
    reportDelivery: reportDelivery(context),
    simulateReport: simulateReport(context),
  };
  return createServiceApp('delivery-service', deliveryOperations, handlers, context);
}
