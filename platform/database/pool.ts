import { PrismaPg } from '@prisma/adapter-pg';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Pool, type PoolClient } from 'pg';
import type { Registry } from 'prom-client';
import type { Logger } from '../logger.js';
import { readAtScrape, type Metrics } from '../metrics.js';
import type { OnShutdown } from '../shutdown.js';

interface PoolSettings {
  url: string;
  /** As many as the process works on at once; more wait in line. */
  size: number;
  /** Shown in pg_stat_activity. */
  service: string;
  logger: Logger;
  /** How long a server may say nothing while it is asked something; more than it may take for a statement. Default 12 s. */
  silenceMs?: number;
}

/** A pool that fails within seconds instead of hanging when the server is gone or all connections are busy. */
export function createPool({ url, size, service, logger, silenceMs = 12_000 }: PoolSettings): Pool {
  const pool = new Pool({
    connectionString: url,
    max: size,
    application_name: service,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 10_000,
    lock_timeout: 8000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    // The system's own is two hours.
    keepAliveInitialDelayMillis: 10_000,
    // Prisma sends times without a zone: in a server's own zone they would be hours off.
    options: '-c TimeZone=UTC',
  });
  // An idle connection that breaks would end the process otherwise.
  pool.on('error', (error) => logger.warn({ reason: error.message }, 'lost a database connection'));
  pool.on('connect', (client) => {
    closeWhenSilent(client, silenceMs);
    closeWhenOutdated(client);
  });
  return pool;
}

/** What pg keeps to itself. */
type Opened = { connection: EventEmitter & { stream: Socket }; readyForQuery: boolean };
const openedBy = (client: PoolClient): Opened => client as unknown as Opened;

/**
 * A server that vanished without a word is not noticed by the connection: what is sent is sent again for a quarter of an hour. So
 * a connection that is asked something and says nothing is closed, also in a transaction, and nobody gets it again. pg's own
 * query_timeout would fail the query, and leave the connection to the next one.
 */
function closeWhenSilent(client: PoolClient, silenceMs: number): void {
  const asked = openedBy(client);
  const { stream } = asked.connection;
  stream.setTimeout(silenceMs, () => {
    if (!asked.readyForQuery) stream.destroy(new Error(`the database has said nothing for ${silenceMs} ms`));
  });
}

/** "cached plan must not change result type": a table was changed under a prepared statement, and each try would be told so. */
const OUTDATED = '0A000';

/** So that a migration costs a running process one query of each connection, and not all of them. */
function closeWhenOutdated(client: PoolClient): void {
  const { connection } = openedBy(client);
  connection.on('errorMessage', ({ code }: { code?: string }) => {
    if (code === OUTDATED) connection.stream.destroy(new Error('a prepared statement is outdated'));
  });
}

/** The server keeps each with its plan, for each connection. */
const mostPrepared = 50;

/** A text with more depends on how much is asked for, and could be any number of texts. */
const mostArguments = 50;

/**
 * Names statements, so that a connection has each of them read and planned once: that took twice as long as to execute it. From
 * the second time on, which leaves out what nobody asks again.
 */
function namedStatements(): ({ sql, args }: { sql: string; args: unknown[] }) => string {
  const names = new Map<string, string>();
  const seen = new Set<string>();
  return ({ sql, args }) => {
    // PostgreSQL takes several statements at once only where nothing is to be kept.
    if (args.length === 0 || args.length > mostArguments) return '';
    if (seen.has(sql) && !names.has(sql) && names.size < mostPrepared) names.set(sql, `holdfast-${names.size}`);
    if (seen.size < 10 * mostPrepared) seen.add(sql);
    return names.get(sql) ?? '';
  };
}

const shownPools = new WeakMap<Registry, Map<string, Pool>>();

/** In the process's metrics, by a name of its own. */
export function showPool(registry: Registry, name: string, pool: Pool): void {
  const shown = shownPools.get(registry);
  if (shown !== undefined) return void shown.set(name, pool);
  const pools = new Map([[name, pool]]);
  shownPools.set(registry, pools);
  readAtScrape({
    registry,
    gauges: ['database_connections', 'database_connections_awaited'],
    keptForMs: 0,
    read: () => {
      const all = [...pools].map(([name, pool]) => ({ labels: { pool: name }, pool }));
      return Promise.resolve({
        database_connections: all.flatMap(({ labels, pool: { totalCount, idleCount, options } }) => [
          { labels: { ...labels, state: 'busy' }, value: totalCount - idleCount },
          { labels: { ...labels, state: 'idle' }, value: idleCount },
          { labels: { ...labels, state: 'limit' }, value: options.max },
        ]),
        database_connections_awaited: all.map(({ labels, pool }) => ({ labels, value: pool.waitingCount })),
      });
    },
  });
}

/** For `new PrismaClient({ adapter, transactionOptions })`; $disconnect() ends the pool too. */
export function prismaAdapter(pool: Pool): PrismaPg {
  return new PrismaPg(pool, { disposeExternalPool: true, statementNameGenerator: namedStatements() });
}

/** Prisma's own 5 s and 2 s defaults would hide an exhausted pool. Milliseconds. */
export const transactionOptions = { maxWait: 5000, timeout: 10_000 };

export interface DatabaseConfig {
  SERVICE_NAME: string;
  DATABASE_URL: string;
}

interface DatabaseUser {
  config: DatabaseConfig;
  logger: Logger;
  metrics: Metrics;
  onShutdown: OnShutdown;
}

/** The PrismaClient that was made of a service's schema. */
export type ClientOf<Prisma> = new (options: {
  adapter: PrismaPg;
  transactionOptions: typeof transactionOptions;
}) => Prisma;

/** A client of a service's own database. `$disconnect()` ends the pool too. */
export const clientOn = <Prisma>(pool: Pool, Client: ClientOf<Prisma>): Prisma =>
  new Client({ adapter: prismaAdapter(pool), transactionOptions });

/** A process's database: its pool and its client, which are closed when the process stops. `name`: in the log then. */
export function openDatabase<Prisma extends { $disconnect(): Promise<void> }>(
  { config, logger, metrics, onShutdown }: DatabaseUser,
  Client: ClientOf<Prisma>,
  { connections = 10, name = 'database' } = {},
): { pool: Pool; prisma: Prisma } {
  const pool = createPool({ url: config.DATABASE_URL, size: connections, service: config.SERVICE_NAME, logger });
  showPool(metrics.registry, name, pool);
  const prisma = clientOn(pool, Client);
  onShutdown(name, () => prisma.$disconnect());
  return { pool, prisma };
}

/** A readiness check. */
export async function checkDatabase(pool: Pool): Promise<void> {
  await pool.query('SELECT 1');
}
