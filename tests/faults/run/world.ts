import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import pg from 'pg';
import type { PaymentCapture } from '../../../contracts/order-saga.js';
import { createTemporalClient } from '../../../platform/temporal/client.js';
import { startApp } from '../../../stack/app/start-app.js';
import { startServers } from '../../../stack/servers/start-servers.js';
import type { Progress } from '../../../stack/support/terminal.js';
import { WITHOUT_LIMITS, silent } from '../../support/app.js';
import { crashPointsIn, type CrashPoints } from '../../support/crash-points.js';

type Servers = Awaited<ReturnType<typeof startServers>>;
type App = Awaited<ReturnType<typeof startApp>>;
type Managed = App['processes'][string];

type DatabaseName = 'ORDER' | 'INVENTORY' | 'PAYMENT' | 'PAYMENT_SIMULATOR' | 'DELIVERY' | 'NOTIFICATION';

/** So that an order whose report was lost is final as soon as the others. */
const DELIVERY_ASKED_EVERY = '5s';
/** Seldom, so that one that is paid later hears of it by the provider's webhook, and is final in time where none comes. */
const PAYMENT_ASKED_EVERY = '20s';

/** Servers and an application of their own, to be killed and started again at will. */
export interface World {
  gatewayUrl: string;
  inboxUrl: string;
  kafkaBrokers: string;
  crashPoints: CrashPoints;
  process(name: string): Managed;
  server(name: string): Managed;
  /** Processes that are not there, though nobody has ended them. */
  missing(): string[];
  /** Rejects while PostgreSQL is away. */
  query<Row extends object>(database: DatabaseName, sql: string, values?: unknown[]): Promise<Row[]>;
  /** Looks until the answer is truthy; rejects after the time in ms, with what was seen last, or when all is stopped. */
  until<T>(what: string, look: () => T | Promise<T>, withinMs: number): Promise<NonNullable<T>>;
  temporal: Client;
  /** Signs as the simulated provider. */
  webhookSigner: { kid: string; key: string };
  signal: AbortSignal;
  stop(): Promise<void>;
}

export interface WorldSettings {
  dir: string;
  /** How long a step may fail until it asks for an operator. */
  attentionAfterMs: number;
  paymentCapture: PaymentCapture;
  progress: Progress;
  signal: AbortSignal;
}

/** Their data outlives them: what is killed here must find it again. */
export async function bootWorld(settings: WorldSettings): Promise<World> {
  const { dir, attentionAfterMs, paymentCapture, progress, signal } = settings;
  const servers: Servers = await startServers({
    dir,
    ports: 'free',
    only: ['postgres', 'redis', 'kafka', 'temporal', 'maildev'],
    useGiven: false,
    durable: true,
    progress,
    signal,
  });
  try {
    const crashPoints = crashPointsIn(dir);
    const app = await startApp({
      dir,
      serversEnv: servers.env,
      env: {
        ...WITHOUT_LIMITS,
        ...crashPoints.env,
        ATTENTION_AFTER: `${attentionAfterMs}`,
        DELIVERY_ASKED_EVERY,
        PAYMENT_ASKED_EVERY,
        PAYMENT_CAPTURE: paymentCapture,
        TRANSFER_DELAY_MS: '1000',
        // Some wait for their payment for as long as the whole run, which takes its time on a busy machine.
        PAYMENT_WINDOW: '2h',
      },
      // What dies is started again here, at the time that the schedule says.
      progress: { ...progress, say: silent.say },
      signal,
    });
    return worldOf(servers, app, crashPoints, signal);
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

function worldOf(servers: Servers, app: App, crashPoints: CrashPoints, signal: AbortSignal): World {
  const pools = new Map<DatabaseName, pg.Pool>();
  const poolOf = (name: DatabaseName): pg.Pool => {
    const pool =
      pools.get(name) ??
      new pg.Pool({ connectionString: app.env[`${name}_DATABASE_URL`], max: 2, connectionTimeoutMillis: 3_000 });
    if (!pools.has(name)) pool.on('error', () => undefined);
    pools.set(name, pool);
    return pool;
  };
  const temporal = createTemporalClient({
    address: servers.env['TEMPORAL_ADDRESS'] ?? '',
    namespace: 'default',
    payloadKeys: {
      keys: JSON.parse(app.env['PAYLOAD_KEYS'] ?? '{}') as Record<string, string>,
      current: app.env['PAYLOAD_KEY_ID'] ?? '',
    },
  });
  return {
    gatewayUrl: app.urls['gateway'] ?? '',
    inboxUrl: servers.env['INBOX_URL'] ?? '',
    kafkaBrokers: servers.env['KAFKA_BROKERS'] ?? '',
    crashPoints,
    process: (name) => found(app.processes, name),
    server: (name) => found(servers.servers, name),
    missing: () => Object.values(app.processes).flatMap(({ name, pid }) => (pid === undefined ? [name] : [])),
    query: async <Row extends object>(database: DatabaseName, sql: string, values?: unknown[]) =>
      (await poolOf(database).query<Row>(sql, values)).rows,
    until: (what, look, withinMs) => until(what, look, withinMs, signal),
    temporal: temporal.client,
    webhookSigner: signerIn(app.env),
    signal,
    stop: async () => {
      await temporal.close().catch(() => undefined);
      await Promise.all([...pools.values()].map((pool) => pool.end().catch(() => undefined)));
      await app.stop();
      await servers.stop();
    },
  };
}

function signerIn(env: App['env']): World['webhookSigner'] {
  const kid = env['PAYMENT_WEBHOOK_KEY_ID'] ?? '';
  const keys = JSON.parse(env['PAYMENT_WEBHOOK_KEYS'] ?? '{}') as Record<string, { secret: string }>;
  return { kid, key: keys[kid]?.secret ?? '' };
}

function found(all: Record<string, Managed>, name: string): Managed {
  const one = all[name];
  if (one === undefined) throw new Error(`there is no ${name}`);
  return one;
}

const lookEveryMs = 100;

async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs: number,
  signal: AbortSignal,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    signal.throwIfAborted();
    try {
      const seen = await look();
      if (seen) return seen;
      last = seen;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    if (Date.now() >= deadline)
      throw new Error(`${what}: not within ${withinMs / 1000} s; last seen: ${JSON.stringify(last)}`);
    await pause(lookEveryMs);
  }
}
