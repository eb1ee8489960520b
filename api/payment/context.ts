import { checkDatabase, createPool, prismaAdapter, transactionOptions } from '../../platform/database/pool.js';
import type { ReadinessChecks } from '../../platform/health.js';
import type { Logger } from '../../platform/logger.js';
import type { OnShutdown } from '../../platform/shutdown.js';
import { createPaymentReader, type PaymentReader } from '../../services/payment/payment-reader.js';
import { PrismaClient } from '../../services/payment/prisma/generated/client.js';
import { PrismaClient as LedgerClient } from '../../services/payment/simulator/prisma/generated/client.js';
import { createSimulatorSwitch } from '../../services/payment/simulator/simulator-switch.js';
import type { SimulatorSwitch } from '../../services/payment/simulator/simulator-switch.js';
import { authSettingsFrom, createAuthenticator } from '../http/auth.js';
import type { Authenticator } from '../http/auth.js';
import type { PaymentApiConfig } from './config.js';

/** What the routes work with. */
export interface PaymentContext {
  payments: PaymentReader;
  /** undefined: there is no simulator, or it is not for callers. */
  simulator: SimulatorSwitch | undefined;
  auth: Authenticator;
  readiness: ReadinessChecks;
}

export function createContext(config: PaymentApiConfig, logger: Logger, onShutdown: OnShutdown): PaymentContext {
  const pool = createPool({ url: config.DATABASE_URL, size: 10, service: config.SERVICE_NAME, logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  onShutdown('database', () => prisma.$disconnect());
  const auth = createAuthenticator(authSettingsFrom(config, logger));
  return {
    payments: createPaymentReader(prisma),
    simulator: openSimulator(config, logger, onShutdown),
    auth,
    readiness: { database: () => checkDatabase(pool), 'signing keys': () => auth.check() },
  };
}

function openSimulator(config: PaymentApiConfig, logger: Logger, onShutdown: OnShutdown): SimulatorSwitch | undefined {
  const url = config.PAYMENT_SIMULATOR_DATABASE_URL;
  const inUse = config.PAYMENT_PROVIDER === 'simulated' && config.NODE_ENV !== 'production';
  if (!inUse || url === undefined) return undefined;
  const pool = createPool({ url, size: 2, service: config.SERVICE_NAME, logger });
  const prisma = new LedgerClient({ adapter: prismaAdapter(pool), transactionOptions });
  onShutdown('simulator database', () => prisma.$disconnect());
  return createSimulatorSwitch(prisma);
}
