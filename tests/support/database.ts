import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { migrate } from '../../platform/database/migrate.js';
import { server } from './servers.js';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A throwaway database with the migrations of a folder (relative to the project's root). Drop it in afterAll. */
export async function createTestDatabase(migrationsDirectory: string): Promise<TestDatabase> {
  const adminUrl = server('POSTGRES_ADMIN_URL');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  await migrate({ url: url.href, directory: migrationsDirectory });
  return { url: url.href, drop: () => administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** How many connections to the database of this one wait for a lock that another one has. */
export async function waitingForLocks(prisma: { $queryRawUnsafe<T>(sql: string): Promise<T> }): Promise<number> {
  const [row] = await prisma.$queryRawUnsafe<{ count: number }[]>(
    `SELECT count(*)::integer AS count FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}
