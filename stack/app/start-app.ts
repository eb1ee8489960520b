import path from 'node:path';
import { Redis } from 'ioredis';
import { createNamespace } from '../setup/temporal.js';
import { keepAlive, type ManagedProcess } from '../support/managed-process.js';
import { checkout } from '../support/paths.js';
import { freePorts } from '../support/ports.js';
import { answersOk, missingIn } from '../support/probes.js';
import { endLeftovers } from '../support/process-records.js';
import { runCommand } from '../support/run-command.js';
import { together } from '../support/start-and-end.js';
import { keepState } from '../support/state.js';
import { createProgress, type Progress } from '../support/terminal.js';
import { createDatabases } from './databases.js';
import {
  databaseSettings,
  ownEnvironment,
  metricsUrlsOf,
  sharedEnvironment,
  urlsOf,
  type Environment,
} from './environment.js';
import { argsOf, withSecondInstances, type OurProcess } from './processes.js';
import { appSecrets, databasePasswordName } from './secrets.js';

interface StartAppOptions {
  /** Logs, process ids and secrets lie below it; one app at a time. */
  dir: string;
  /** Where the servers are, as `startServers` says in `env`. */
  serversEnv: Environment;
  /** Free ones (default), or by the name of their setting. */
  ports?: 'free' | Record<string, number>;
  /** Made if it isn't there (default `default`). */
  temporalNamespace?: string;
  /** Before the names of databases and roles, so that apps can share a server; with one, the app also gets a Redis database of its own. */
  databasePrefix?: string;
  /** Settings for all processes, over everything else. */
  env?: Environment;
  /** Settings for one process, by its name, over everything else. */
  processEnv?: Record<string, Environment>;
  /** The processes that get a second instance, `<name>-2`, on a port of its own. */
  twice?: string[];
  /** The processes to start; the others can be started later. */
  only?: string[];
  /** The processes that run from their sources, and anew whenever they change. */
  watch?: string[];
  /** Demo users, products and stock (default true). */
  seed?: boolean;
  /** Start again what dies (default false). */
  restart?: boolean;
  /** The compiled code. */
  dist?: string;
  /** What processes inherit (default that of this process). */
  environment?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  progress?: Progress;
}

interface StartedApp {
  /** By the name of the process; the gateway's is the entry. */
  urls: Environment;
  /** Where each answers `/metrics`. */
  metricsUrls: Environment;
  /** What all processes were told, each database as `<NAME>_DATABASE_URL`, and the secrets by their setting. */
  env: Environment;
  /** By name: stop, kill and start again any of them. */
  processes: Record<string, ManagedProcess>;
  /** Ends all of them, gateway first; harmless twice. */
  stop: () => Promise<void>;
}

/**
 * Brings up a complete copy of the application on servers that run: databases, migrations, topics, search attributes, demo data, then every process.
 * Resolves when each is ready; after a failure what had been started is stopped before it rejects.
 */
export async function startApp(options: StartAppOptions): Promise<StartedApp> {
  const {
    dir,
    serversEnv,
    signal,
    temporalNamespace = 'default',
    databasePrefix = '',
    seed = true,
    restart = false,
    environment = process.env,
    dist = path.join(checkout, 'dist'),
    progress = createProgress(),
  } = options;
  const run = path.join(dir, 'run', 'app');
  await endLeftovers(run);
  const ourProcesses = withSecondInstances(options.twice ?? []);
  const ports =
    options.ports === undefined || options.ports === 'free' ? await freePortsFor(ourProcesses) : options.ports;
  const urls = urlsOf(ports, ourProcesses);
  const secrets = appSecrets(dir);

  const preparing = progress.step('databases');
  const [databases, redisDatabase] = await Promise.all([
    createDatabases({
      adminUrl: serversEnv.POSTGRES_ADMIN_URL ?? '',
      prefix: databasePrefix,
      passwordOf: (name) => secrets[databasePasswordName(name)] ?? '',
    }),
    databasePrefix === '' ? 0 : claimRedisDatabase(serversEnv.REDIS_URL ?? ''),
    createNamespace({ address: serversEnv.TEMPORAL_ADDRESS ?? '', namespace: temporalNamespace, signal }),
  ]);
  const shared = {
    ...sharedEnvironment({ processes: ourProcesses, serversEnv, ports, namespace: temporalNamespace, redisDatabase }),
    ...options.env,
  };
  const base = { ...inherited(environment), ...shared };
  const state = keepState(dir, 'app');
  const wanted = ourProcesses.filter(({ name }) => options.only?.includes(name) ?? true);
  state.learn({ env: { ...serversEnv, ...shared, ...databaseSettings(databases) }, urls });
  for (const { name } of wanted) state.note(name, { phase: 'waiting' });
  preparing.detail('migrations, topics, search attributes, demo data');
  await runCommand(process.execPath, [path.join(dist, 'stack', 'setup', 'main.js')], {
    cwd: checkout,
    signal,
    env: { ...base, ...databaseSettings(databases), SERVICE_NAME: 'setup', SEED_DEMO_DATA: `${seed}` },
  });
  preparing.done('made, migrated and seeded; topics and search attributes are there');

  const waiting: Map<string, string> = new Map();
  const processes = Object.fromEntries(
    ourProcesses.map((one) => {
      const own = ownEnvironment(one, { ports, secrets, databases, serversEnv });
      const handle = keepAlive(
        {
          name: one.name,
          cwd: checkout,
          command: process.execPath,
          within: 120_000,
          // They stop by themselves within 25 s: an order may be waited for.
          grace: 30_000,
          background: one.background ?? false,
          args: argsOf(one, { dist, fromSource: options.watch?.includes(one.name) ?? false }),
          env: { ...base, ...own, ...options.env, ...options.processEnv?.[one.name] },
          ready: () => noteWait(waiting, one.name, answersOk(`${urls[one.name]}/readyz`)),
        },
        {
          records: run,
          logs: path.join(dir, 'logs'),
          restart,
          report: progress.say,
          note: (change) => state.note(one.name, change),
        },
      );
      return [one.name, handle] as [string, ManagedProcess];
    }),
  );
  const app = {
    urls,
    metricsUrls: metricsUrlsOf(ports, ourProcesses),
    env: { ...shared, ...databaseSettings(databases), ...secrets },
    processes,
    stop: async () => {
      await stopInOrder(ourProcesses, processes);
      state.forget();
    },
  };

  const starting = progress.step('services');
  let ready = 0;
  const showing = setInterval(
    () =>
      starting.detail(
        `${ready} of ${wanted.length} ready; ${[...waiting].map(([name, why]) => `${name}: ${why}`).join('; ')}`,
      ),
    500,
  );
  try {
    await together(
      signal,
      wanted.map(({ name }) => async (either) => {
        await processes[name]?.start(either);
        waiting.delete(name);
        ready += 1;
      }),
    );
    starting.done(`${ready} processes are ready`);
    return app;
  } catch (error) {
    starting.failed();
    await app.stop();
    throw error;
  } finally {
    clearInterval(showing);
  }
}

async function stopInOrder(ourProcesses: OurProcess[], processes: Record<string, ManagedProcess>) {
  for (const kind of ['gateway', 'api', 'worker']) {
    await Promise.all(ourProcesses.filter((one) => one.kind === kind).map(async ({ name }) => processes[name]?.stop()));
  }
}

async function noteWait(waiting: Map<string, string>, name: string, asking: Promise<boolean>) {
  try {
    return await asking;
  } catch (error) {
    const names = missingIn(error);
    waiting.set(name, names.length > 0 ? `waits for ${names.join(', ')}` : 'starting');
    throw error;
  }
}

async function freePortsFor(ourProcesses: OurProcess[]) {
  const names = ourProcesses.flatMap(({ port, metricsPort }) => (metricsPort ? [port, metricsPort] : [port]));
  const free = await freePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, free[index] ?? 0]));
}

/** A test runner's own settings would make our processes behave as if under test. */
function inherited({ NODE_ENV, ...environment }: NodeJS.ProcessEnv) {
  const kept = Object.entries(environment).filter(([name]) => !/^(VITEST|npm_)/.test(name));
  return {
    ...Object.fromEntries(kept),
    NODE_ENV: NODE_ENV === undefined || NODE_ENV === 'test' ? 'development' : NODE_ENV,
  };
}

/**
 * A numbered database that no other app on this Redis has, emptied.
 * @returns from 1 to 127; they are given again after 127 apps
 */
async function claimRedisDatabase(url: string): Promise<number> {
  const client = new Redis(url, { maxRetriesPerRequest: 1, lazyConnect: true });
  try {
    const claimed = ((await client.incr('holdfast:databases-given')) - 1) % 127;
    await client.select(claimed + 1);
    await client.flushdb();
    return claimed + 1;
  } finally {
    client.disconnect();
  }
}
