import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase } from '../../tests/support/database.js';
import type { TestDatabase } from '../../tests/support/database.js';
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

test.each([
  ['empty', () => mkdtemp(path.join(directory, 'empty-'))],
  ['missing', () => Promise.resolve(path.join(directory, 'missing'))],
])('a folder that is %s is refused by its name', async (_how, make) => {
  const nothing = await make();
  await expect(migrate({ url: database.url, directory: nothing })).rejects.toThrow(
    `there are no migrations (*.sql) in ${nothing}`,
  );
});
