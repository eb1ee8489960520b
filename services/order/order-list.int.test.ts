import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, prismaAdapter } from '../../platform/database/pool.js';
import { createLogger } from '../../platform/logger.js';
import { createOrderStore, type OrderFilter, type OrderStore } from './order-store.js';
import { PrismaClient } from './prisma/generated/client.js';
import { createWatchedOrders, type WatchedOrders } from './watched-orders.js';
import { newOrder, openOrderDatabase, type OrderDatabase } from './testing/order-database.js';

interface Statement {
  query: string;
  params: string;
}
interface Plan {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

const orders = 20_000;
const users = 2_000;

let database: OrderDatabase;
let client: Client;
let store: OrderStore;
let watched: WatchedOrders;
let asked: Statement[] = [];
let end: () => Promise<void>;

beforeAll(async () => {
  database = await openOrderDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  // One a second; most are completed, every hundredth is on its way, every thousandth waits for an operator.
  await client.query(
    `INSERT INTO orders (id, user_id, body_hash, user_verified, status, currency, total_price, shipping_address,
       payment_method, needs_attention, created_at, updated_at, workflow_started_at)
     SELECT 'ord_' || n, n % $2 + 1, 'h', true, CASE WHEN n % 100 = 0 THEN 'CANCELLING' ELSE 'COMPLETED' END, 'KRW', 1,
       '{}', 'card_ok', n % 1000 = 0, timestamptz '2026-01-01' + n * interval '1 second', now(), now()
     FROM generate_series(1, $1::integer) n`,
    [orders, users],
  );
  await client.query('ANALYZE orders');
  const logger = createLogger({ service: 'test', level: 'error' });
  const pool = createPool({ url: database.url, size: 2, service: 'test', logger });
  const prisma = new PrismaClient({ adapter: prismaAdapter(pool), log: [{ emit: 'event', level: 'query' }] });
  prisma.$on('query', (statement) => void asked.push(statement));
  store = createOrderStore(prisma);
  watched = createWatchedOrders(prisma);
  end = () => prisma.$disconnect();
});
afterAll(async () => {
  await end();
  await client.end();
  await database.close();
});

/** How many rows of `orders` PostgreSQL looks at for a page of the list. */
const rowsLookedAt = (filter: OrderFilter, after?: { createdAt: Date; id: string }): Promise<number> =>
  rowsFor(() => store.list(filter, 21, after));

async function rowsFor(ask: () => Promise<unknown>): Promise<number> {
  asked = [];
  await ask();
  const statement = asked.find(({ query }) => /"orders"|FROM orders/.test(query));
  if (statement === undefined) throw new Error(`no query of orders among ${JSON.stringify(asked)}`);
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${statement.query}`,
    JSON.parse(statement.params) as unknown[],
  );
  return lookedAt(rows[0]!['QUERY PLAN'][0].Plan);
}

function lookedAt(plan: Plan): number {
  const inner = (plan.Plans ?? []).map(lookedAt);
  const own = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'];
  return Math.max(own, ...inner);
}

describe('a page of the list', () => {
  const middle = { createdAt: new Date('2026-01-01T03:00:00Z'), id: 'ord_10800' };

  it.each([
    ['everybody’s', {}],
    ['one status', { status: 'CANCELLING' }],
    ['those that need attention', { needsAttention: true }],
    ['those that need none', { needsAttention: false }],
    ['one user’s', { userId: 7 }],
  ] as [string, OrderFilter][])(
    'of %s looks at about as many rows as it shows, at the start and later',
    async (_, filter) => {
      expect(await rowsLookedAt(filter)).toBeLessThanOrEqual(60);
      expect(await rowsLookedAt(filter, middle)).toBeLessThanOrEqual(60);
    },
  );
});

it('a page of the orders that are watched looks at about as many rows as it shows', async () => {
  const page = (after: string) => () => watched.list({ after, limit: 21, movedBefore: new Date() });
  expect(await rowsFor(page(''))).toBeLessThanOrEqual(60);
  expect(await rowsFor(page('ord_5'))).toBeLessThanOrEqual(60);
});

it('one that waits for review has no age but among those, and one that was approved is as old as its last step', async () => {
  const placed = (id: string, review: string | null) =>
    client.query(
      `INSERT INTO orders (id, user_id, body_hash, user_verified, status, currency, total_price, shipping_address,
         payment_method, review, created_at, updated_at, workflow_started_at)
       VALUES ($1, 9002, 'h', true, 'INVENTORY_RESERVED', 'KRW', 1, '{}', 'card_ok', $2,
         now() - interval '1 day', now() - interval '1 hour', now())`,
      [id, review],
    );
  const oldestS = async () =>
    (await watched.open()).find(({ status }) => status === 'INVENTORY_RESERVED')?.oldestS ?? Number.NaN;
  expect(await watched.awaitingReview()).toEqual({ count: 0, oldestS: 0 });
  await placed('ord_waiting', 'WAITING');
  expect(await oldestS()).toBe(0);
  await placed('ord_approved', 'APPROVED');
  const { count, oldestS: waitsForS } = await watched.awaitingReview();
  expect([count, Math.round(waitsForS / 3600)]).toEqual([1, 24]);
  expect(Math.round((await oldestS()) / 600)).toBe(6);
  await placed('ord_usual', null);
  expect(Math.round((await oldestS()) / 600)).toBe(144);
  await client.query('DELETE FROM orders WHERE user_id = 9002');
});

it('one that waits to be paid has no age, and one that has waited so is as old as its last step', async () => {
  const placed = (id: string, status: string) =>
    client.query(
      `INSERT INTO orders (id, user_id, body_hash, user_verified, status, currency, total_price, shipping_address,
         payment_method, payment, created_at, updated_at, workflow_started_at)
       VALUES ($1, 9003, 'h', true, $2, 'KRW', 1, '{}', 'bank_transfer', '{"status":"PROCESSING"}',
         now() - interval '1 day', now() - interval '1 hour', now())`,
      [id, status],
    );
  const oldestS = async (of: string) =>
    (await watched.open()).find(({ status }) => status === of)?.oldestS ?? Number.NaN;
  await placed('ord_unpaid', 'INVENTORY_RESERVED');
  await placed('ord_paid', 'PAYMENT_COMPLETED');
  expect(await oldestS('INVENTORY_RESERVED')).toBe(0);
  expect(Math.round((await oldestS('PAYMENT_COMPLETED')) / 600)).toBe(6);
  const listed = await watched.list({ after: 'ord_o', limit: 100, movedBefore: new Date() });
  const awaits = (id: string) => listed.find((order) => order.id === id)?.awaitsPayment;
  expect([awaits('ord_unpaid'), awaits('ord_paid')]).toEqual([true, false]);
  await client.query('DELETE FROM orders WHERE user_id = 9003');
});

describe('paging', () => {
  it('shows each order that was there at the start once, however many come meanwhile', async () => {
    const before = new Set<string>();
    for (let count = 0; count < 12; count++) {
      const { stored } = await database.store.place(newOrder({ userId: 9_001 }));
      before.add(stored.order.id);
    }
    const seen: string[] = [];
    for (let after: { createdAt: Date; id: string } | undefined; ;) {
      const [page] = await Promise.all([
        store.list({ userId: 9_001 }, 5, after),
        database.store.place(newOrder({ userId: 9_001 })),
        database.store.place(newOrder({ userId: 9_001 })),
      ]);
      seen.push(...page.map(({ order }) => order.id));
      const last = page.at(-1);
      if (last === undefined) break;
      after = { createdAt: new Date(last.order.createdAt), id: last.order.id };
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of before) expect(seen).toContain(id);
  });
});
