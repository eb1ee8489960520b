import type { PrismaPg } from '@prisma/adapter-pg';
import { checkDatabase, createPool, prismaAdapter, transactionOptions } from '../../platform/database/pool.js';
import { authSettingsFrom, createAuthenticator } from './auth.js';
import type { Base } from './serve.js';

interface DatabaseConfig {
  SERVICE_NAME: string;
  DATABASE_URL: string;
}

type ClientOf<Prisma> = new (options: { adapter: PrismaPg; transactionOptions: typeof transactionOptions }) => Prisma;

/** A service's own database: its pool, and the client that was made of its schema. */
export function openDatabase<Prisma extends { $disconnect(): Promise<void> }>(
  { config, logger, onShutdown }: Pick<Base<DatabaseConfig>, 'config' | 'logger' | 'onShutdown'>,
  Client: ClientOf<Prisma>,
  { connections = 10 } = {},
) {
  const pool = createPool({ url: config.DATABASE_URL, size: connections, service: config.SERVICE_NAME, logger });
  const prisma = new Client({ adapter: prismaAdapter(pool), transactionOptions });
  onShutdown('database', () => prisma.$disconnect());
  return { pool, prisma };
}

/** A service's database, the check of access tokens, and both among what it needs to be ready. */
export function openService<Prisma extends { $disconnect(): Promise<void> }>(
  base: Base<DatabaseConfig & Parameters<typeof authSettingsFrom>[0]>,
  Client: ClientOf<Prisma>,
  options: { connections?: number } = {},
) {
  const { config, logger, metrics } = base;
  const { pool, prisma } = openDatabase(base, Client, options);
  const auth = createAuthenticator(authSettingsFrom(config, logger));
  const readiness = { database: () => checkDatabase(pool), 'signing keys': () => auth.check() };
  return { prisma, common: { logger, metrics, auth, readiness } };
}
