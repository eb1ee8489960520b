import { Pool } from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.js';
import { pruneOnce } from '../../tests/support/prune-once.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createLogger } from '../logger.js';
import { startPruner, type Prunable } from './prune.js';

const notes: Prunable = { table: 'notes', age: 'at', where: 'at < $1 AND done', keptForMs: 30 * 86_400_000 };

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase('services/product/prisma/migrations');
  pool = new Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => undefined);
  await pool.query('CREATE TABLE notes (id serial PRIMARY KEY, at timestamptz, done boolean)');
  await pool.query('CREATE INDEX ON notes (at)');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => pool.query('TRUNCATE notes'));

const add = (count: number, age: string, done: boolean) =>
  pool.query('INSERT INTO notes (at, done) SELECT now() - $1::interval, $2 FROM generate_series(1, $3)', [
    age,
    done,
    count,
  ]);
const left = async (where = 'true') =>
  Number((await pool.query<{ count: string }>(`SELECT count(*) FROM notes WHERE ${where}`)).rows[0]?.count);

test('what is old and may go goes, in batches; all else stays', async () => {
  await add(25, '31 days', true);
  await add(4, '31 days', false);
  await add(3, '29 days', true);
  expect(await pruneOnce(database.url, [notes], 10)).toBe(25);
  expect([await left('NOT done'), await left('done')]).toEqual([4, 3]);
  expect(await pruneOnce(database.url, [notes], 10)).toBe(0);
});

test('several at once share the work: none fails, none waits, nothing is counted twice', async () => {
  await add(2_000, '31 days', true);
  await add(5, '29 days', true);
  const pruned = await Promise.all(Array.from({ length: 4 }, () => pruneOnce(database.url, [notes], 50)));
  expect(pruned.reduce((sum, rows) => sum + rows)).toBe(2_000);
  expect(await left()).toBe(5);
});

test('a row that somebody has in hand is passed by', async () => {
  await add(3, '31 days', true);
  const other = await pool.connect();
  await other.query('BEGIN');
  await other.query('SELECT FROM notes WHERE id = (SELECT min(id) FROM notes) FOR UPDATE');
  expect(await pruneOnce(database.url, [notes])).toBe(2);
  await other.query('COMMIT');
  other.release();
  expect(await pruneOnce(database.url, [notes])).toBe(1);
});

test('one that dies in the middle of a batch has deleted nothing of it, and the next one does', async () => {
  await add(20, '31 days', true);
  const other = await pool.connect();
  await other.query('SELECT pg_advisory_lock(7)');
  await pool.query(`CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN OLD; END $$`);
  await pool.query('CREATE TRIGGER wait BEFORE DELETE ON notes FOR EACH ROW EXECUTE FUNCTION wait()');
  const registry = new Registry();
  const own = new Pool({ connectionString: database.url, application_name: 'dies', max: 1 });
  own.on('error', () => undefined);
  const logger = createLogger({ service: 'test', level: 'fatal' });
  const dying = startPruner({ pool: own, tables: [notes], everyMs: 3_600_000, registry, logger, batchSize: 10 });
  const atWork = "SELECT pid FROM pg_stat_activity WHERE application_name = 'dies' AND wait_event = 'advisory'";
  await waitFor('the batch', async () => (await pool.query(atWork)).rowCount === 1);
  const stopped = dying.stop();
  await pool.query(`SELECT pg_terminate_backend(pid) FROM (${atWork}) AS dying`);
  await stopped;
  await own.end();
  expect(await left()).toBe(20);
  await other.query('SELECT pg_advisory_unlock(7)');
  other.release();
  await pool.query('DROP FUNCTION wait CASCADE');
  expect(await pruneOnce(database.url, [notes], 10)).toBe(20);
});

test('a database that fails is asked again, and then it is done', async () => {
  await add(3, '31 days', true);
  await pool.query('ALTER TABLE notes RENAME TO gone');
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) });
  const pruner = startPruner({ pool, tables: [notes], everyMs: 3_600_000, registry: new Registry(), logger });
  await waitFor('the failure', () => lines.some((line) => line.includes('pruner waits to try again')));
  await pool.query('ALTER TABLE gone RENAME TO notes');
  await waitFor('the rows to go', async () => (await left()) === 0);
  await pruner.stop();
});
