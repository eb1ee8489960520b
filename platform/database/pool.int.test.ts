import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrismaClient } from '../../services/payment/simulator/prisma/generated/client.js';
import { createTestDatabase } from '../../tests/support/database.js';
import type { TestDatabase } from '../../tests/support/database.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createLogger } from '../logger.js';
import { createPool, prismaAdapter } from './pool.js';

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
});
