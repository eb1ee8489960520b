import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase } from '../../tests/support/database.js';
import type { TestDatabase } from '../../tests/support/database.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { migrate } from './migrate.js';

let directory: string;
let database: TestDatabase;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'migrations-'));
  await writeFile(path.join(directory, '0000-none.sql'), 'SELECT 1;');
  database = await createTestDatabase(directory);
  await writeFile(path.join(directory, '0001-first.sql'), 'CREATE TABLE first (id int); INSERT INTO first VALUES (1);');
  await writeFile(path.join(directory, '0002-second.sql'), 'INSERT INTO first VALUES (2);');
});

afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

async function rowsOf(sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

test('applies each file once, in order, also when several start at once', async () => {
  const run = () => migrate({ url: database.url, directory });
  const applied = await Promise.all([run(), run(), run()]);
  expect(applied.flat()).toEqual(['0001-first.sql', '0002-second.sql']);
  expect(await rowsOf('SELECT id FROM first ORDER BY id')).toEqual([1, 2]);
  expect(await run()).toEqual([]);
  await writeFile(path.join(directory, '0003-third.sql'), 'INSERT INTO first VALUES (3);');
  expect(await run()).toEqual(['0003-third.sql']);
});

test('a file that fails leaves nothing, is named, and goes again', async () => {
  const third = path.join(directory, '0003-third.sql');
  await writeFile(third, 'INSERT INTO first VALUES (3); SELECT nonsense;');
  await expect(migrate({ url: database.url, directory })).rejects.toThrow('0003-third.sql');
  expect(await rowsOf('SELECT id FROM first ORDER BY id')).toEqual([1, 2]);
  await writeFile(third, 'INSERT INTO first VALUES (3);');
  expect(await migrate({ url: database.url, directory })).toEqual(['0003-third.sql']);
});

async function session(): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return client;
}

test('waits for a busy table for a short time only, lets others through, and goes when it is free', async () => {
  await migrate({ url: database.url, directory });
  await writeFile(path.join(directory, '0003-third.sql'), 'ALTER TABLE first ADD COLUMN name text;');
  const [user, other] = [await session(), await session()];
  await user.query('BEGIN');
  await user.query('SELECT * FROM first');
  const migrating = migrate({ url: database.url, directory, lockTimeoutMs: 200 });
  const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await waitFor('the migration to wait', async () => (await other.query(waits)).rowCount === 1);
  // Behind a migration that waits without an end this would wait until the user is done.
  await other.query('SELECT * FROM first');
  await user.query('COMMIT');
  expect(await migrating).toEqual(['0003-third.sql']);
  await user.end();
  await other.end();
});

test('says that a table was busy all the time', async () => {
  await migrate({ url: database.url, directory });
  await writeFile(path.join(directory, '0003-third.sql'), 'ALTER TABLE first ADD COLUMN name text;');
  const user = await session();
  await user.query('BEGIN');
  await user.query('SELECT * FROM first');
  await expect(migrate({ url: database.url, directory, lockTimeoutMs: 20, tries: 2 })).rejects.toThrow(
    '0003-third.sql',
  );
  await user.end();
});

test('builds an index concurrently, also when several start at once, and anew where a build was broken off', async () => {
  const run = () => migrate({ url: database.url, directory });
  await run();
  const index = '-- without a transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS first_id ON first (id);';
  await writeFile(path.join(directory, '0003-third.sql'), index);
  await rowsOf('INSERT INTO first VALUES (2)');
  await expect(run()).rejects.toThrow('0003-third.sql');
  const isValid = () => rowsOf(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'first_id'::regclass`);
  expect(await isValid()).toEqual([false]);
  await rowsOf('DELETE FROM first WHERE ctid = (SELECT max(ctid) FROM first)');
  // One builds, and waits for whoever uses the table; the others are there meanwhile.
  const user = await session();
  await user.query('BEGIN; INSERT INTO first VALUES (3)');
  const built = expect(Promise.all([run(), run(), run()])).resolves.toContainEqual(['0003-third.sql']);
  const all = `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'migrate'
    AND query ~ 'advisory_lock|INDEX CONCURRENTLY'`;
  await waitFor('one that builds and two that wait', async () => (await rowsOf(all)).length === 3);
  await user.query('COMMIT');
  await built;
  expect(await isValid()).toEqual([true]);
  await user.end();
});

test.each([
  ['empty', () => mkdtemp(path.join(directory, 'empty-'))],
  ['missing', () => Promise.resolve(path.join(directory, 'missing'))],
])('a folder that is %s is refused by its name', async (_how, make) => {
  const nothing = await make();
  await expect(migrate({ url: database.url, directory: nothing })).rejects.toThrow(
    `there are no migrations (*.sql) in ${nothing}`,
  );
});
