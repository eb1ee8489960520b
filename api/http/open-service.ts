import { checkDatabase, openDatabase, type ClientOf, type DatabaseConfig } from '../../platform/database/pool.js';
import { authSettingsFrom, createAuthenticator } from './auth.js';
import type { Base } from './serve.js';

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
