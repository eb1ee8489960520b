import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { startApp } from '../../stack/app/start-app.js';
import { startServers } from '../../stack/servers/start-servers.js';
import { withSecondInstances } from '../../stack/app/processes.js';
import { freePorts } from '../../stack/support/ports.js';
import { crashPointsIn, type CrashPoints } from './crash-points.js';
import { server } from './servers.js';

type Started = Awaited<ReturnType<typeof startApp>>;
type ManagedProcess = Started['processes'][string];

/** A complete copy of the application, with databases, a Temporal namespace and a Redis database of its own. */
export interface RunningApp {
  gatewayUrl: string;
  /** By the name of the process. */
  urls: Record<string, string>;
  /** Where each answers `/metrics`. */
  metricsUrls: Record<string, string>;
  redisUrl: string;
  temporalNamespace: string;
  /** Where `npm run status`, `logs` and `redis` find it, as HOLDFAST_DIR. */
  dir: string;
  /** To stop, kill and start again. */
  process(name: string): ManagedProcess;
  crashPoints: CrashPoints;
  stop(): Promise<void>;
}

export interface BootOptions {
  /** Short and unique among the test files: databases and the namespace are named after it. */
  name: string;
  /** Settings over the usual ones, for all processes. */
  env?: Record<string, string>;
  /** Processes that get a second instance, `<name>-2`. */
  twice?: string[];
  /** Processes that are not started. */
  without?: string[];
}

/** Tests all come from one address, as few users, and look again at once. */
export const WITHOUT_LIMITS = {
  RATE_LIMIT_REQUESTS_PER_MINUTE: '1000000',
  RATE_LIMIT_ORDERS_PER_MINUTE: '1000000',
  RATE_LIMIT_LOGINS_PER_MINUTE: '1000000',
  RATE_LIMIT_SIGN_UPS_PER_MINUTE: '1000000',
  RATE_LIMIT_TOKENS_PER_MINUTE: '1000000',
};

/** A reconciliation of the schedule's own would now and then be among a test's workflows. */
const ONLY_ON_DEMAND = { RECONCILE_EVERY: '365 days' };

/** Where the applications' logs lie; the test runner names it and looks for what is left over. */
export const testDir = process.env['HOLDFAST_TEST_DIR'] ?? path.join('.holdfast', 'servers', 'apps');

export const silent = {
  say: () => undefined,
  step: () => ({ detail: () => undefined, done: () => undefined, failed: () => undefined }),
  close: () => undefined,
};

/** Boots the application from dist/ on the servers that the environment names, and waits until all of it is ready. */
export async function bootApp({ name, env = {}, twice = [], without = [] }: BootOptions): Promise<RunningApp> {
  const run = `${name.replaceAll('-', '_')}_${randomBytes(4).toString('hex')}`;
  const dir = path.resolve(testDir, run);
  const crashPoints = crashPointsIn(dir);
  const app = await startApp({
    dir,
    serversEnv: Object.fromEntries(SERVERS.map((setting) => [setting, env[setting] ?? server(setting)])),
    env: { ...WITHOUT_LIMITS, ...ONLY_ON_DEMAND, ...crashPoints.env, ...env },
    temporalNamespace: run,
    databasePrefix: `${run}_`,
    twice,
    only: withSecondInstances(twice)
      .map((one) => one.name)
      .filter((one) => !without.includes(one)),
    progress: silent,
  });
  return {
    gatewayUrl: app.urls['gateway'] ?? '',
    urls: app.urls,
    metricsUrls: app.metricsUrls,
    redisUrl: app.env['REDIS_URL'] ?? '',
    temporalNamespace: run,
    dir,
    crashPoints,
    process: (wanted) => {
      const found = app.processes[wanted];
      if (!found) throw new Error(`there is no process ${wanted}`);
      return found;
    },
    stop: app.stop,
  };
}

const SERVERS = [
  'POSTGRES_ADMIN_URL',
  'REDIS_URL',
  'KAFKA_BROKERS',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_UI_URL',
  'ZIPKIN_URL',
  'SMTP_URL',
] as const;

/** A Kafka of the test's own, on a port that the application was told before. */
export async function bootKafka(port: number): Promise<{ process: ManagedProcess; stop(): Promise<void> }> {
  const [controllerPort = 0] = await freePorts(1);
  const { servers, stop } = await startServers({
    dir: path.join(testDir, `kafka_${port}`),
    only: ['kafka'],
    useGiven: false,
    durable: false,
    ports: { KAFKA_PORT: port, KAFKA_CONTROLLER_PORT: controllerPort },
    progress: silent,
  });
  const process = servers['kafka'];
  if (!process) throw new Error('there is no Kafka of our own');
  return { process, stop };
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
