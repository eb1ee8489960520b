import { afterAll, describe, expect, it } from 'vitest';
import { PrismaClient } from '../../services/payment/simulator/prisma/generated/client.js';
import { freePort } from '../../tests/support/app.js';
import { server } from '../../tests/support/servers.js';
import { createLogger } from '../logger.js';
import { createPool, prismaAdapter } from './pool.js';
import { isDatabaseUnavailable, refusalByDatabase } from './unavailable.js';

const logger = createLogger({ service: 'test', level: 'fatal' });
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
});

function open(url: string) {
  const pool = createPool({ url, size: 1, service: 'test', logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), transactionOptions: { maxWait: 500 } });
  ends.push(() => prisma.$disconnect());
  return { pool, prisma };
}

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the database is unavailable', () => {
  it('when nobody answers at its address', async () => {
    const { prisma } = open(`postgresql://a:b@127.0.0.1:${String(await freePort())}/nowhere`);
    expect(isDatabaseUnavailable(await errorOf(prisma.$queryRaw`SELECT 1`))).toBe(true);
    expect(isDatabaseUnavailable(await errorOf(prisma.simulatorState.findMany()))).toBe(true);
  });

  it('when all connections are busy for too long', async () => {
    const { pool, prisma } = open(server('POSTGRES_ADMIN_URL'));
    const busy = await pool.connect();
    const errors = await Promise.all([
      errorOf(prisma.$queryRaw`SELECT 1`),
      errorOf(prisma.$transaction((transaction) => transaction.$queryRaw`SELECT 1`)),
    ]);
    busy.release();
    expect(errors.map(isDatabaseUnavailable)).toEqual([true, true]);
  });

  it('when a statement is cancelled because it took too long', async () => {
    const { prisma } = open(server('POSTGRES_ADMIN_URL'));
    const slow = prisma.$transaction([
      prisma.$executeRaw`SET LOCAL statement_timeout = 50`,
      prisma.$executeRaw`SELECT pg_sleep(5)`,
    ]);
    expect(isDatabaseUnavailable(await errorOf(slow))).toBe(true);
  });

  it('not when the connection broke in the middle, or the statement is wrong', async () => {
    const { prisma } = open(server('POSTGRES_ADMIN_URL'));
    const broken = await errorOf(prisma.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`);
    const wrong = await errorOf(prisma.$queryRaw`SELEC`);
    expect([broken, wrong].map(isDatabaseUnavailable)).toEqual([false, false]);
    expect(broken).toBeInstanceOf(Error);
    expect(wrong).toBeInstanceOf(Error);
  });
});

describe('the database refuses what it is given', () => {
  it.each([
    ['22012', 'SELECT 1 / 0'],
    ['22021', `SELECT convert_from('\\x00', 'UTF8')`],
    ['23514', 'CREATE DOMAIN pg_temp.even AS int CHECK (VALUE % 2 = 0); SELECT 1::pg_temp.even'],
    ['P0001', `DO $$ BEGIN RAISE 'no'; END $$`],
  ])('for good: %s', async (code, sql) => {
    const { prisma } = open(server('POSTGRES_ADMIN_URL'));
    expect(refusalByDatabase(await errorOf(prisma.$executeRawUnsafe(sql)))).toBe(code);
  });

  it('for good, by Prisma: a value of the wrong type', async () => {
    const { prisma } = open(server('POSTGRES_ADMIN_URL'));
    const wrong = prisma.simulatorState.findMany({ where: { id: 'one' as unknown as number } });
    expect(refusalByDatabase(await errorOf(wrong))).toBe('PrismaClientValidationError');
  });

  it.each(['SELECT no_such_function()', `SELECT pg_terminate_backend(pg_backend_pid())`])(
    'not when it is nothing about the values: %s',
    async (sql) => {
      const { prisma } = open(server('POSTGRES_ADMIN_URL'));
      const error = await errorOf(prisma.$queryRawUnsafe(sql));
      expect(error).toBeInstanceOf(Error);
      expect(refusalByDatabase(error)).toBeUndefined();
    },
  );
});
