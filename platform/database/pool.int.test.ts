import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Prisma, PrismaClient } from '../../services/payment/simulator/prisma/generated/client.js';
import { createTestDatabase } from '../../tests/support/database.js';
import type { TestDatabase } from '../../tests/support/database.js';
import { startSilentProxy } from '../../tests/support/silent-proxy.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createLogger } from '../logger.js';
import { createPool, prismaAdapter } from './pool.js';
import { isDatabaseUnavailable } from './unavailable.js';

const logger = createLogger({ service: 'test', level: 'fatal' });
const open = (url: string) => createPool({ url, size: 1, service: 'test', logger });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('services/payment/simulator/prisma/migrations');
  const pool = open(database.url);
  await pool.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET TimeZone = 'Asia/Seoul'`);
  await pool.end();
});
afterAll(() => database.drop());

describe('a pool', () => {
  it('writes times as they are, whatever zone the server is in', async () => {
    const pool = open(database.url);
    const prisma = new PrismaClient({ adapter: prismaAdapter(pool) });
    const updatedAt = new Date('2026-03-01T12:00:00.123Z');
    await prisma.simulatorState.update({ where: { id: 1 }, data: { updatedAt } });
    const { rows } = await pool.query<{ updated_at: Date }>('SELECT updated_at FROM simulator_state');
    await prisma.$disconnect();
    expect(rows[0]?.updated_at).toEqual(updatedAt);
  });

  it('has a statement planned once a connection, and not any number of them', async () => {
    const pool = open(database.url);
    const prisma = new PrismaClient({ adapter: prismaAdapter(pool) });
    const planned = async () =>
      (await pool.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements')).rows;
    for (let times = 0; times < 3; times++) await prisma.simulatorState.count();
    expect(await planned()).toHaveLength(1);
    for (let number = 0; number < 200; number++)
      await prisma.$queryRaw`SELECT ${'x'}, ${Prisma.raw(String(number % 100))}`;
    expect((await planned()).length).toBe(50);
    await prisma.$disconnect();
  });

  it('refuses what a migration outdated once, also in a transaction, and it may be asked again', async () => {
    const pool = open(database.url);
    const prisma = new PrismaClient({ adapter: prismaAdapter(pool) });
    await pool.query('CREATE TABLE changed (id integer)');
    const ask = () =>
      prisma.$transaction((transaction) => transaction.$queryRaw`SELECT id FROM changed WHERE id > ${0}`);
    await ask();
    await ask();
    await pool.query('ALTER TABLE changed ALTER id TYPE bigint');
    const refused = await ask().catch((error: unknown) => error);
    expect(String(refused)).toContain('cached plan must not change result type');
    expect(isDatabaseUnavailable(refused)).toBe(true);
    expect(await ask()).toEqual([]);
    await pool.query('DROP TABLE changed');
    await prisma.$disconnect();
  });

  it('outlives the loss of its connections, and makes new ones', async () => {
    const lines: string[] = [];
    const heard = createLogger({ service: 'test', level: 'warn' }, { write: (line) => void lines.push(line) });
    const pool = createPool({ url: database.url, size: 1, service: 'test', logger: heard });
    const pidOf = async () => (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    const first = await pidOf();
    const other = open(database.url);
    await other.query('SELECT pg_terminate_backend($1)', [first]);
    await other.end();
    await waitFor('the loss to be noticed', () => lines.some((line) => line.includes('lost a database connection')));
    expect(await pidOf()).not.toBe(first);
    await pool.end();
  });

  it.each(['alone', 'in a transaction'])(
    'a server that vanishes without a word: a query %s fails, and new ones go',
    async (how) => {
      const { hostname: host, port } = new URL(database.url);
      const proxy = await startSilentProxy({ host, port: Number(port) });
      const url = Object.assign(new URL(database.url), { hostname: proxy.host, port: String(proxy.port) }).href;
      const pool = createPool({ url, size: 1, service: 'test', logger, silenceMs: 300 });
      const prisma = new PrismaClient({ adapter: prismaAdapter(pool) });
      const begun = prisma.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT 1`;
        proxy.swallow();
        await transaction.$queryRaw`SELECT 1`;
      });
      if (how === 'in a transaction') await expect(begun).rejects.toThrow();
      else {
        await begun.catch(() => undefined);
        await prisma.$queryRaw`SELECT 1`;
        proxy.swallow();
        await expect(prisma.$queryRaw`SELECT 1`).rejects.toThrow();
      }
      expect(await prisma.simulatorState.count()).toBe(1);
      await prisma.$disconnect();
      await proxy.close();
    },
  );

  it('leaves alone what is slow within its time, and a transaction in which nobody asks anything', async () => {
    const pool = createPool({ url: database.url, size: 1, service: 'test', logger, silenceMs: 300 });
    const client = await pool.connect();
    await client.query('BEGIN');
    await once((client as unknown as { connection: { stream: Socket } }).connection.stream, 'timeout');
    await client.query('SELECT pg_sleep(0.2)');
    await client.query('COMMIT');
    client.release();
    await pool.end();
  });
});
