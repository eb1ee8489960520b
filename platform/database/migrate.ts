import { readdir, readFile } from 'node:fs/promises';
import { Client, DatabaseError } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import { Umzug } from 'umzug';

/** The migrations of a folder that a database has not had. Rejects where there is no such database or no such folder. */
export async function pendingMigrations({ url, directory }: { url: string; directory: string }): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const client = new Client({
    connectionString: url,
    application_name: 'pending-migrations',
    connectionTimeoutMillis: 5000,
  });
  await client.connect();
  try {
    const table = await client.query<{ found: boolean }>(
      "SELECT to_regclass('schema_migrations') IS NOT NULL AS found",
    );
    if (table.rows[0]?.found !== true) return names;
    const { rows } = await client.query<{ name: string }>('SELECT name FROM schema_migrations');
    const applied = new Set(rows.map(({ name }) => name));
    return names.filter((name) => !applied.has(name));
  } finally {
    await client.end();
  }
}

/** Any number will do, as long as every version of every process takes the same. */
const lockId = 4_702_113;

/** The first line of a file whose one statement can't be in a transaction, such as CREATE INDEX CONCURRENTLY. */
const ALONE = '-- without a transaction';

interface MigrateSettings {
  url: string;
  directory: string;
  /** How long a migration waits for a table, and all who come after it wait behind it; then it gives way. Default 3 s. */
  lockTimeoutMs?: number;
  /** Then it goes again, so often. Default 20. */
  tries?: number;
}

/**
 * Brings a database up to date: each `*.sql` file of the folder that it has not had, in the order of their names, each
 * in a transaction of its own, but for those that begin with the line `-- without a transaction`. Several processes may call it
 * at once; one works and the others wait. Returns the names of what was applied now. Rejects with the file's name when one fails;
 * what it did is then undone. Rejects too where there are no migrations at all: every database has some, so they were left
 * behind, and nothing would ever say so.
 */
export async function migrate({
  url,
  directory,
  lockTimeoutMs = 3_000,
  tries = 20,
}: MigrateSettings): Promise<string[]> {
  const client = new Client({ connectionString: url, application_name: 'migrate' });
  await client.connect();
  try {
    await untilAlone(client);
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const umzug = new Umzug({
      logger: undefined,
      migrations: {
        glob: ['*.sql', { cwd: directory }],
        // Without the client as Umzug's context: what fails would be shown with all of it.
        resolve: ({ name, path: file }) => ({
          name,
          up: () => applyWhenFree(client, { name, file: file ?? path.join(directory, name), lockTimeoutMs, tries }),
        }),
      },
      storage: {
        executed: async () =>
          (await client.query<{ name: string }>('SELECT name FROM schema_migrations')).rows.map((row) => row.name),
        // In the migration's own transaction: see apply.
        logMigration: () => Promise.resolve(),
        unlogMigration: () => Promise.reject(new Error('migrations only go forward')),
      },
    });
    if ((await umzug.migrations({})).length === 0) throw new Error(`there are no migrations (*.sql) in ${directory}`);
    return (await umzug.up()).map((migration) => migration.name);
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
}

/** Asks again and again rather than to wait in the server: an index that is built concurrently waits for all who wait there. */
async function untilAlone(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [lockId]);
    if (rows[0]?.locked === true) return;
    await pause(100);
  }
}

interface Migration {
  name: string;
  file: string;
  lockTimeoutMs: number;
  tries: number;
}

/** A table that is busy is left to those who use it, and asked for again: who waits for it makes all others wait too. */
async function applyWhenFree(client: Client, { name, file, lockTimeoutMs, tries }: Migration): Promise<void> {
  const sql = await readFile(file, 'utf8');
  const apply = () =>
    sql.startsWith(ALONE) ? applyAlone(client, name, sql) : applyInTransaction(client, name, sql, lockTimeoutMs);
  for (let tried = 1; ; tried++) {
    try {
      return await apply();
    } catch (error) {
      const wasBusy = error instanceof DatabaseError && error.code === '55P03';
      if (!wasBusy || tried >= tries) throw error;
      await pause(Math.min(100 * tried, 1_000));
    }
  }
}

async function applyInTransaction(client: Client, name: string, sql: string, lockTimeoutMs: number): Promise<void> {
  try {
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (name) VALUES ($1)', [name]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** The statement may be there already, when this process died after it: so it has to say IF NOT EXISTS. */
async function applyAlone(client: Client, name: string, sql: string): Promise<void> {
  // What a build that failed leaves has its name and is none.
  const [, index] = /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS (\w+)/m.exec(sql) ?? [];
  if (index !== undefined) {
    const { rowCount } = await client.query(
      'SELECT 1 FROM pg_index WHERE NOT indisvalid AND indexrelid = to_regclass($1)',
      [index],
    );
    if (rowCount === 1) await client.query(`DROP INDEX CONCURRENTLY ${index}`);
  }
  await client.query(sql);
  await client.query('INSERT INTO schema_migrations (name) VALUES ($1)', [name]);
}
