import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.js';
import { declaredSchema } from './declared-schema.js';
import { migratedSchema } from './migrated-schema.js';

const folders = ['services', 'notifications'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'schema.prisma')
    .map((file) => path.join(root, path.dirname(file))),
);

/** Both sides of one folder's database, after `sql` was run on it. */
async function bothSides(folder: string, sql = ''): Promise<{ declared: string[]; migrated: string[] }> {
  const database = await createTestDatabase(path.join(folder, 'migrations'));
  try {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(sql);
    await client.end();
    return {
      declared: await declaredSchema(path.join(folder, 'schema.prisma')),
      migrated: await migratedSchema(database.url),
    };
  } finally {
    await database.drop();
  }
}

test('every database is looked at', () => {
  expect(folders).toHaveLength(8);
});

test.each(folders)('%s: schema.prisma and the migrated tables say the same', async (folder) => {
  const { declared, migrated } = await bothSides(folder);
  expect(declared.length).toBeGreaterThan(0);
  expect(migrated).toEqual(declared);
});

test.each([
  ['a column that only the schema has', 'ALTER TABLE refresh_tokens DROP COLUMN spent_at'],
  ['a column that only the table has', 'ALTER TABLE refresh_tokens ADD note text'],
  ['a table that only the database has', 'CREATE TABLE notes (note text)'],
  ['another type', 'ALTER TABLE refresh_tokens ALTER spent_at TYPE timestamptz(6)'],
  ['a value that may be missing', 'ALTER TABLE users ALTER name DROP NOT NULL'],
  ['a default that is gone', 'ALTER TABLE users ALTER disabled DROP DEFAULT'],
  ['a key that is gone', 'ALTER TABLE users DROP CONSTRAINT users_email_key'],
  [
    'another primary key',
    'ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_pkey, ADD PRIMARY KEY (user_id, hash)',
  ],
  ['an index that is gone', 'DROP INDEX refresh_tokens_family_id_idx'],
  ['a reference that is gone', 'ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_user_id_fkey'],
])('the comparison sees %s', async (_what, sql) => {
  const { declared, migrated } = await bothSides('services/user/prisma', sql);
  expect(migrated).not.toEqual(declared);
});
