import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import pg from 'pg';
import { createTemporalClient } from '../../platform/temporal/client.js';
import { startApp } from '../../stack/app/start-app.js';
import { startServers } from '../../stack/servers/start-servers.js';
import type { Progress } from '../../stack/support/terminal.js';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { WITHOUT_LIMITS } from '../support/app.js';
import { openShop, placeOrder, stockedProduct, type Shop } from '../support/shop.js';
import { count, cpuOf } from './counters.js';
import { firstDone, noOpSaga } from './no-op-workflow.js';

interface BootOptions {
  dir: string;
  /** Without them there is no Zipkin, and no process makes a span. */
  traces?: boolean;
  progress: Progress;
  signal: AbortSignal;
}

/** The whole platform as it is shipped, and beside it, on the same Temporal server, Sagas that do nothing. */
export async function bootBench({ dir, traces = true, progress, signal }: BootOptions) {
  const ends: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const servers = await startServers({
      dir,
      ports: 'free',
      only: ['postgres', 'redis', 'kafka', 'temporal', 'maildev', ...(traces ? (['zipkin'] as const) : [])],
      useGiven: false,
      durable: true,
      progress,
      signal,
    });
    ends.push(() => servers.stop());
    // Where the pieces of the tests look for them.
    Object.assign(process.env, servers.env);
    const app = await startApp({
      dir,
      serversEnv: servers.env,
      // The simulated carrier's time is nobody's work.
      env: { ...WITHOUT_LIMITS, CARRIER_DELAY_MS: '100ms', RECONCILE_EVERY: '365 days' },
      progress,
      signal,
    });
    ends.push(() => app.stop());
    const address = servers.env['TEMPORAL_ADDRESS'] ?? '';
    const noOpWorker = await startNoOpWorker(address);
    ends.push(() => noOpWorker.kill('SIGTERM') && once(noOpWorker, 'exit'));
    const orderTemporal = createTemporalClient({
      address,
      namespace: 'default',
      payloadKeys: {
        keys: JSON.parse(app.env['PAYLOAD_KEYS'] ?? '{}') as Record<string, string>,
        current: app.env['PAYLOAD_KEY_ID'] ?? '',
      },
    });
    ends.push(() => orderTemporal.close());
    const connection = await Connection.connect({ address });
    ends.push(() => connection.close());
    const orders = new pg.Pool({ connectionString: app.env['ORDER_DATABASE_URL'], max: 1 });
    ends.push(() => orders.end());
    const shop = await openShop(app.urls['gateway'] ?? '');
    const pids = () => ({
      ...pidsOf(servers.servers),
      ...pidsOf(app.processes),
      'no-op worker': noOpWorker.pid ?? 0,
    });
    return {
      ...(await callers(shop, orders, orderTemporal.client, new Client({ connection }))),
      cpu: () => cpuOf(pids()),
      /** Of every process of ours, as Prometheus asks for them. */
      readMetrics: () =>
        Promise.all(Object.values(app.urls).map(async (url) => (await fetch(`${url}/metrics`)).text())),
      count: () =>
        count({
          pids,
          postgresUrl: servers.env['POSTGRES_ADMIN_URL'] ?? '',
          zipkinUrl: servers.env['ZIPKIN_URL'] ?? '',
          urls: Object.values(app.urls),
        }),
      signal,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type Bench = Awaited<ReturnType<typeof bootBench>>;

async function startNoOpWorker(address: string): Promise<ChildProcess> {
  const worker = fork(fileURLToPath(new URL('./no-op-worker.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TEMPORAL_ADDRESS: address },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then(() => Promise.reject(new Error('the no-op worker did not start'))),
  ]);
  return worker;
}

function pidsOf(processes: Record<string, { pid: number | undefined }>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(processes).flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]])),
  );
}

const PLENTY = 1_000_000;

/** Who places orders, and who runs the Sagas that do nothing. */
async function callers(shop: Shop, orders: pg.Pool, orderTemporal: Client, noOpTemporal: Client) {
  // Several, so that the lock of one product is not what is measured.
  const products = await Promise.all(Array.from({ length: 16 }, () => stockedProduct(shop, { quantity: PLENTY })));
  let number = 0;
  const nextProduct = () => {
    const product = products[number++ % products.length];
    if (product === undefined) throw new Error('there is no product');
    return product;
  };
  return {
    shop,
    /** Resolves with its id when it is answered, which may be with 202 where the machine has too much to do. */
    placeOrder: async (): Promise<string> => {
      const { status, body } = await placeOrder(shop.alice, nextProduct());
      if (status !== 201 && status !== 202)
        throw new Error(`an order was answered with ${status}: ${JSON.stringify(body)}`);
      return body.id;
    },
    /** How many are not over yet. */
    openOrders: async (): Promise<number> => {
      const { rows } = await orders.query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM orders WHERE status NOT IN ('COMPLETED', 'CANCELLED')`,
      );
      return rows[0]?.count ?? 0;
    },
    historyLength: async (orderId: string): Promise<number> =>
      (await orderTemporal.workflow.getHandle(workflowIdOf(orderId)).describe()).historyLength,
    /** The answer, whatever it is. */
    tryOrder: () => placeOrder(shop.alice, nextProduct()),
    /** Resolves when the first of its activities is done; `whole` when all are. */
    runNoOp: async ({ steps, whole = false }: { steps: number; whole?: boolean }): Promise<void> => {
      const startWorkflowOperation = new WithStartWorkflowOperation(noOpSaga, {
        workflowId: `bench-${process.pid}-${number++}`,
        taskQueue: 'bench-saga',
        args: [steps],
        workflowIdConflictPolicy: 'FAIL',
      });
      await noOpTemporal.workflow.executeUpdateWithStart(firstDone, { startWorkflowOperation });
      if (whole) await (await startWorkflowOperation.workflowHandle()).result();
    },
  };
}
