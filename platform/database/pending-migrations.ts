import { readdir } from 'node:fs/promises';
import { Client } from 'pg';

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
