import { createProductClient, type ProductClient } from '../../clients/product-client.js';
import { checkDatabase, createPool, prismaAdapter, transactionOptions } from '../../platform/database/pool.js';
import type { ReadinessChecks } from '../../platform/health.js';
import type { Logger } from '../../platform/logger.js';
import type { OnShutdown } from '../../platform/shutdown.js';
import { PrismaClient } from '../../services/inventory/prisma/generated/client.js';
import { createStockStore } from '../../services/inventory/stock-store.js';
import type { StockStore } from '../../services/inventory/stock-store.js';
import { authSettingsFrom, createAuthenticator } from '../http/auth.js';
import type { Authenticator } from '../http/auth.js';
import type { Config } from './config.js';

/** What the routes are given. */
export interface Context {
  service: string;
  logger: Logger;
  stock: StockStore;
  products: Pick<ProductClient, 'exists'>;
  auth: Authenticator;
  readiness: ReadinessChecks;
}

const CONNECTIONS = 10;

export function createContext(config: Config, logger: Logger, onShutdown: OnShutdown): Context {
  const service = config.SERVICE_NAME;
  const pool = createPool({ url: config.DATABASE_URL, size: CONNECTIONS, service, logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions });
  onShutdown('database', () => prisma.$disconnect());
  const auth = createAuthenticator(authSettingsFrom(config, logger));
  return {
    service,
    logger,
    stock: createStockStore(prisma),
    products: createProductClient({ urls: config.PRODUCT_SERVICE_URL }),
    auth,
    readiness: { database: () => checkDatabase(pool), 'signing keys': () => auth.check() },
  };
}
