import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { Umzug } from 'umzug';

/** Any number will do, as long as every version of every process takes the same. */
const lockId = 4_702_113;

/**
 * Brings a database up to date: each `*.sql` file of the folder that it has not had, in the order of their names, each
 * in a transaction of its own. Several processes may call it at once; one works and the others wait. Returns the names
 * of what was applied now. Rejects with the file's name when one fails; what it did is then undone. Rejects too where there
 * are no migrations at all: every database has some, so they were left behind, and nothing would ever say so.
 */
export async function migrate({ url, directory }: { url: string; directory: string }): Promise<string[]> {
  const client = new Client({ connectionString: url, application_name: 'migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockId]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const umzug = new Umzug({
      context: client,
      logger: undefined,
      migrations: {
        glob: ['*.sql', { cwd: directory }],
        resolve: ({ name, path: file, context }) => ({
          name,
          up: () => apply(context, name, file ?? path.join(directory, name)),
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
    if ((await umzug.migrations(client)).length === 0)
      throw new Error(`there are no migrations (*.sql) in ${directory}`);
    return (await umzug.up()).map((migration) => migration.name);
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
}

async function apply(client: Client, name: string, file: string): Promise<void> {
  const sql = await readFile(file, 'utf8');
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (name) VALUES ($1)', [name]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
