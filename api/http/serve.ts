import type { PrismaPg } from '@prisma/adapter-pg';
import type { Express } from 'express';
import { checkDatabase, createPool, prismaAdapter, transactionOptions } from '../../platform/database/pool.js';
import { listen } from '../../platform/listen.js';
import type { ListenSettings } from '../../platform/listen.js';
import { createLogger } from '../../platform/logger.js';
import type { Logger } from '../../platform/logger.js';
import { createMetrics } from '../../platform/metrics.js';
import type { Metrics } from '../../platform/metrics.js';
import { runProcess } from '../../platform/shutdown.js';
import type { OnShutdown } from '../../platform/shutdown.js';
import { authSettingsFrom, createAuthenticator } from './auth.js';

/** What each process with an API has before it opens anything of its own. */
export interface Base<Config> {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  onShutdown: OnShutdown;
}

interface ProcessConfig {
  SERVICE_NAME: string;
  LOG_LEVEL: Logger['level'];
  HOST: string;
  PORT: number;
}

interface Served {
  app: Express;
  /** First of all when the process stops: they would go on for as long as what they tell of. */
  endStreams?: () => void;
}

type Limits = Pick<ListenSettings, 'drainLimitMs' | 'clientRestMs'> & { stopLimitMs?: number };

/** Runs a process that listens: what `open` opens is closed after the last answer. */
export async function serve<Config extends ProcessConfig>(
  config: Config,
  open: (base: Base<Config>) => Served | Promise<Served>,
  { stopLimitMs, ...limits }: Limits = {},
): Promise<void> {
  const { SERVICE_NAME: service, LOG_LEVEL: level, HOST: host, PORT: port } = config;
  const logger = createLogger({ service, level });
  await runProcess({ logger, ...(stopLimitMs !== undefined && { stopLimitMs }) }, async (onShutdown) => {
    const { app, endStreams } = await open({ config, logger, metrics: createMetrics(service), onShutdown });
    const server = await listen(app, { host, port, ...limits });
    onShutdown('http', () => server.drain());
    if (endStreams !== undefined) onShutdown('event streams', endStreams);
  });
}

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
