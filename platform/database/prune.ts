import { parseArgs } from 'node:util';
import { Client, type Pool } from 'pg';
import type { Registry } from 'prom-client';
import type { Logger } from '../logger.js';
import { startLoop, type RunningLoop } from '../loop.js';
import { counter, gauge } from '../metrics.js';
import { errorMessage } from '../error-message.js';

/** Rows of a table that nobody needs any more once they are old. */
export interface Prunable {
  table: string;
  /** The column by which they grow old; an index begins with it. */
  age: string;
  /** Which of them may go: a condition of SQL in which `$1` is the time before which a row is old. */
  where: string;
  keptForMs: number;
}

type Database = Pick<Pool | Client, 'query'>;

/** By the database's clock, which is also that of other processes. */
async function timeOf(database: Database, { keptForMs }: Prunable): Promise<Date> {
  const { rows } = await database.query<{ now: Date }>('SELECT now()');
  return new Date(Number(rows[0]?.now) - keptForMs);
}

/**
 * Deletes the oldest, one batch at each step, and gives how many they were. A batch is one statement, so a death leaves it done
 * or not; rows that somebody else has in hand, another process that prunes for instance, are passed by.
 */
async function* inBatches(database: Database, prunable: Prunable, size: number): AsyncGenerator<number> {
  const { table, age, where } = prunable;
  const before = await timeOf(database, prunable);
  let rowCount: number | null;
  do {
    ({ rowCount } = await database.query(
      `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ${table} WHERE ${where} ORDER BY ${age} LIMIT ${size} FOR UPDATE SKIP LOCKED))`,
      [before],
    ));
    yield rowCount ?? 0;
  } while (rowCount === size);
}

export interface PrunerSettings {
  pool: Pool;
  tables: readonly Prunable[];
  everyMs: number;
  registry: Registry;
  logger: Logger;
  batchSize?: number;
}

const BATCH = 500;

/** Prunes the tables again and again, resting after each batch for as long as it took. Any number of processes may do so. */
export function startPruner(settings: PrunerSettings): RunningLoop {
  const { pool, tables, everyMs, registry, logger, batchSize = BATCH } = settings;
  const pruned = counter(registry, 'pruned_rows_total');
  const finished = gauge(registry, 'pruned_timestamp_seconds');
  return startLoop({ name: 'pruner', logger, longestPauseMs: 60_000 }, async (loop) => {
    for (const prunable of tables) {
      const { table } = prunable;
      let rows = 0;
      let startedAt = Date.now();
      for await (const count of inBatches(pool, prunable, batchSize)) {
        rows += count;
        pruned.inc({ table }, count);
        await loop.pause(Date.now() - startedAt);
        if (loop.stopping.aborted) break;
        startedAt = Date.now();
      }
      if (rows > 0) logger.info({ table, rows }, 'pruned');
    }
    if (loop.stopping.aborted) return;
    finished.setToCurrentTime();
    loop.works();
    await loop.pause(everyMs);
  });
}

/** What an operator typed: says what would go, or with `--now` deletes it. Sets the exit code. */
export async function pruneCommand(databaseUrl: string, tables: readonly Prunable[]): Promise<void> {
  // Looking at all that ever was may take longer than a service waits for a statement.
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'prune',
    connectionTimeoutMillis: 5_000,
  });
  try {
    const { values } = parseArgs({ options: { now: { type: 'boolean', default: false } } });
    await client.connect();
    for (const prunable of tables) {
      const said = values.now ? await pruneNow(client, prunable) : await lookAt(client, prunable);
      // Several services have tables of one name.
      process.stdout.write(`${client.database ?? ''}.${prunable.table}: ${said}\n`);
    }
  } catch (error) {
    process.stderr.write(`Could not prune: ${errorMessage(error)}\n`);
    process.exitCode = 2;
  } finally {
    await client.end();
  }
}

async function pruneNow(client: Client, prunable: Prunable): Promise<string> {
  let rows = 0;
  for await (const count of inBatches(client, prunable, BATCH)) rows += count;
  return `${rows} rows deleted`;
}

async function lookAt(client: Client, prunable: Prunable): Promise<string> {
  const { table, age, where } = prunable;
  const before = await timeOf(client, prunable);
  const { rows } = await client.query<{ count: string; oldest: Date | null }>(
    `SELECT count(*) AS count, min(${age}) AS oldest FROM ${table} WHERE ${where}`,
    [before],
  );
  const { count = '0', oldest } = rows[0] ?? {};
  const since = oldest ? `, the oldest of ${oldest.toISOString()}` : '';
  return `${count} rows from before ${before.toISOString()} would go${since}`;
}
