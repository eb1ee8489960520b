import { checkDatabase, createPool, prismaAdapter, transactionOptions } from '../../platform/database/pool.js';
import type { ReadinessChecks } from '../../platform/health.js';
import type { Logger } from '../../platform/logger.js';
import type { OnShutdown } from '../../platform/shutdown.js';
import { createTemporalClient } from '../../platform/temporal/client.js';
import { temporalSettingsFrom } from '../../platform/temporal/settings.js';
import { createDeliveryReader, type DeliveryReader } from '../../services/delivery/delivery-reader.js';
import { PrismaClient } from '../../services/delivery/prisma/generated/client.js';
import type { CarrierKeys } from '../../services/delivery/domain/carrier-signature.js';
import { createEventRecorder, createToldMarker } from '../../services/delivery/record-event.js';
import type { MarkTold, RecordEvent } from '../../services/delivery/record-event.js';
import { authSettingsFrom, createAuthenticator } from '../http/auth.js';
import type { Authenticator } from '../http/auth.js';
import type { DeliveryApiConfig } from './config.js';
import { createSagaSignal } from './signal-saga.js';
import type { SignalSaga } from './signal-saga.js';

/** What the routes work with. */
export interface DeliveryContext {
  deliveries: DeliveryReader;
  recordEvent: RecordEvent;
  markTold: MarkTold;
  signalSaga: SignalSaga;
  carrierKeys: CarrierKeys;
  auth: Authenticator;
  logger: Logger;
  readiness: ReadinessChecks;
}

export function createContext(config: DeliveryApiConfig, logger: Logger, onShutdown: OnShutdown): DeliveryContext {
  const pool = createPool({ url: config.DATABASE_URL, size: 10, service: config.SERVICE_NAME, logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  onShutdown('database', () => prisma.$disconnect());
  const temporal = createTemporalClient(temporalSettingsFrom(config));
  onShutdown('Temporal connection', () => temporal.close());
  const auth = createAuthenticator(authSettingsFrom(config, logger));
  return {
    deliveries: createDeliveryReader(prisma),
    recordEvent: createEventRecorder(prisma),
    markTold: createToldMarker(prisma),
    signalSaga: createSagaSignal(temporal.client),
    carrierKeys: config.CARRIER_KEYS,
    auth,
    logger,
    readiness: {
      database: () => checkDatabase(pool),
      Temporal: () => temporal.check(),
      'signing keys': () => auth.check(),
    },
  };
}
