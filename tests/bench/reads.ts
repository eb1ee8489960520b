import pg from 'pg';
import { startOrderApi, type OrderApi } from '../../api/order/testing/order-api.js';
import { listen } from '../../platform/listen.js';
import { inTurns, median, type Measured, type PartSettings } from './row.js';

const FEW = 1_000;
const MANY = 100_000;
/** Requests of a turn, one after another. */
const READS_A_TURN = 100;
/** So many customers have as many orders each; the first is who asks. */
const CUSTOMERS = 50;

interface OrderTable {
  api: OrderApi;
  url: string;
  close(): Promise<void>;
}

/** What a customer and an admin read, `id`: of an order of the customer's. */
const READS: { what: string; path: (id: string) => string; who: 'alice' | 'admin' }[] = [
  { what: 'GET /orders/{id}', path: (id) => `/orders/${id}`, who: 'alice' },
  { what: 'GET /orders of a customer', path: () => '/orders', who: 'alice' },
  { what: "GET /orders, everybody's", path: () => '/orders', who: 'admin' },
  { what: 'GET /orders?status=COMPLETED', path: () => '/orders?status=COMPLETED', who: 'admin' },
  { what: 'GET /orders?needsAttention=true', path: () => '/orders?needsAttention=true', who: 'admin' },
];

/** Reads of the order service where there are many orders, beside the same where there are few. */
export async function benchReads({ rounds, step }: PartSettings): Promise<Measured> {
  const tables: OrderTable[] = [];
  try {
    for (const count of [MANY, FEW]) tables.push(await step(`${count} orders`, () => openTable(count)));
    const [many, few] = tables;
    if (many === undefined || few === undefined) throw new Error('there are no orders');
    const rows = [];
    for (const { what, path, who } of READS) {
      const turn = (orders: OrderTable) => () => timeReads(orders, path, orders.api[who]);
      await turn(many)();
      await turn(few)();
      rows.push({
        ...{ what: `${what}, ${MANY} orders, p50`, beside: `${FEW} orders`, unit: 'ms', goal: { atMost: 1.2 } },
        ...(await step(what, () => inTurns(rounds, turn(many), turn(few)))),
      });
    }
    return { rows };
  } finally {
    for (const orders of tables) await orders.close();
  }
}

async function openTable(count: number): Promise<OrderTable> {
  const api = await startOrderApi('bench-reads');
  await api.stopWorkers();
  await fill(api.database.url, count);
  const server = await listen(api.app(), { host: '127.0.0.1', port: 0 });
  return { api, url: server.url, close: () => server.close().then(() => api.close()) };
}

/**
 * Orders that are over, one a minute, with a line each. One in ten was cancelled; one in forty needs attention, so that
 * there is a page of them in each table.
 */
async function fill(databaseUrl: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO orders (id, user_id, body_hash, user_verified, status, currency, total_price, shipping_address,
         payment_method, needs_attention, attention_step, attention_since, workflow_started_at, created_at)
       SELECT 'bench-' || n, n % $2 + 1, 'none', true, CASE WHEN n % 10 = 0 THEN 'CANCELLED' ELSE 'COMPLETED' END,
         'KRW', 1000, '{"name":"Alice","line1":"1 Sejong-daero","city":"Seoul","postalCode":"04524","country":"KR"}',
         'card_ok', n % 40 = 0, CASE WHEN n % 40 = 0 THEN 'reserve-stock' END, CASE WHEN n % 40 = 0 THEN now() END,
         now(), now() - make_interval(mins => n)
       FROM generate_series(1, $1) AS n`,
      [count, CUSTOMERS],
    );
    await client.query(
      `INSERT INTO order_lines (order_id, number, product_id, product_name, unit_price, quantity, total_price)
       SELECT id, 1, 1, 'Tea pot', 1000, 1, 1000 FROM orders`,
    );
    await client.query('VACUUM ANALYZE orders, order_lines');
  } finally {
    await client.end();
  }
}

/** The median in ms, one request at a time. */
async function timeReads({ url }: OrderTable, path: (id: string) => string, authorization: string): Promise<number> {
  const tookMs: number[] = [];
  for (let count = 0; count < READS_A_TURN; count += 1) {
    const id = `bench-${(count % Math.floor(FEW / CUSTOMERS)) * CUSTOMERS + CUSTOMERS}`;
    const sentAt = performance.now();
    const response = await fetch(new URL(path(id), url), { headers: { authorization } });
    await response.text();
    tookMs.push(performance.now() - sentAt);
    if (response.status !== 200) throw new Error(`${path(id)} was answered with ${response.status}`);
  }
  return median(tookMs);
}
