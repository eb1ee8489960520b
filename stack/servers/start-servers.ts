import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { keepAlive, type ManagedProcess } from '../support/managed-process.js';
import { cacheFolder } from '../support/paths.js';
import { freePorts } from '../support/ports.js';
import { endLeftovers } from '../support/process-records.js';
import { keepSecrets, keepState } from '../support/state.js';
import { createProgress, type Progress, type Step, withoutPassword } from '../support/terminal.js';
import { queuesOf, serversOf, type ServerName } from './all.js';
import type { Server, ServerContext, Obtained } from './types.js';
import { errorMessage } from '../../platform/error-message.js';

interface StartServersOptions {
  /** What this set keeps lies below it; one set at a time. */
  dir: string;
  /** Free ones, or by the name of their setting. */
  ports: 'free' | Record<string, number>;
  /** Those wanted; all unless said. */
  only?: ServerName[];
  /** Use an address found in the environment instead of starting a server (default true). */
  useGiven?: boolean;
  /** False: prepared, with their addresses known, but not started yet (default true). */
  started?: boolean;
  /** False: faster, and lost if the machine crashes (default true). */
  durable?: boolean;
  /** Start again what dies (default false). */
  restart?: boolean;
  environment?: NodeJS.ProcessEnv;
  /** Ends what is under way; what has been started is stopped before it rejects. */
  signal?: AbortSignal;
  progress?: Progress;
}

interface StartedServers {
  /** The addresses, by the names the processes read. */
  env: Record<string, string>;
  /** Where each server or tool was taken from. */
  from: Record<string, string>;
  /** Those started here, by name. */
  servers: Record<string, ManagedProcess>;
  /** Ends them all; harmless twice. */
  stop: () => Promise<void>;
}

/** Brings up the real servers, each from its address in the environment, the cache, or the registry it comes from. */
export async function startServers(options: StartServersOptions): Promise<StartedServers> {
  const { dir, only, environment = process.env, durable = true, progress = createProgress() } = options;
  const cancel = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, cancel.signal]) : cancel.signal;
  setMaxListeners(0, signal);
  fs.mkdirSync(dir, { recursive: true });
  fs.mkdirSync(cacheFolder(environment), { recursive: true });
  await endLeftovers(path.join(dir, 'run', 'servers'));
  const ports = await portsOf(options.ports, serversOf(only));
  const secrets = keepSecrets(path.join(dir, 'secrets.json'), {
    POSTGRES_PASSWORD: () => randomBytes(18).toString('hex'),
  });

  const state = keepState(dir, 'servers');

  const set: StartedServers = {
    env: {},
    from: {},
    servers: {},
    stop: async () => {
      await Promise.all(Object.values(set.servers).map((server) => server.stop()));
      state.forget();
    },
  };

  async function bringUp(server: Server) {
    const given = givenSettings(server, options.useGiven === false ? {} : environment);
    if (given) {
      set.from[server.name] = 'the environment';
      progress.say(`  ✓ ${server.name}: ${Object.values(given).join(' ')} from the environment`);
      return learn(given);
    }
    const step = progress.step(server.name);
    const context: ServerContext = {
      dir,
      cache: cacheFolder(environment),
      ports,
      secrets,
      durable,
      environment,
      signal,
      detail: step.detail,
    };
    try {
      const got = await server.obtain(context);
      set.from[server.name] = got.from;
      const starting = server.prepare ? start(server, context, got) : Promise.resolve();
      const started = starting.then(
        () => {
          const settings = server.describe(context, got);
          step.done(`${Object.values(settings).map(withoutPassword).join(' ')} from ${got.from}`);
          learn(settings);
        },
        (error: unknown) => fail(server, step, error),
      );
      // It is awaited only at the end of its queue, and a failure until then isn't an unhandled one.
      started.catch(() => undefined);
      return { started };
    } catch (error) {
      return fail(server, step, error);
    }
  }

  function fail({ name, optional }: Server, step: Step, error: unknown): undefined {
    if (optional && !signal.aborted) {
      step.failed(`goes on without it: ${errorMessage(error)}`);
      void set.servers[name]?.stop();
      return undefined;
    }
    step.failed(signal.aborted ? 'stopped' : 'failed');
    cancel.abort(error);
    throw error;
  }

  async function start(server: Server, context: ServerContext, got: Obtained) {
    const spec = await server.prepare?.(context, got);
    if (!spec) return;
    const handle = keepAlive(spec, {
      records: path.join(dir, 'run', 'servers'),
      logs: path.join(dir, 'logs'),
      restart: options.restart ?? false,
      report: progress.say,
      note: (change) => state.note(server.name, change),
    });
    set.servers[server.name] = handle;
    if (options.started === false) return;
    context.detail('waiting for its answer');
    await handle.start(signal);
  }

  function learn(settings: Record<string, string>) {
    Object.assign(set.env, settings);
    state.learn({ env: settings });
  }

  try {
    await Promise.all(
      queuesOf(only).map(async (queue) => {
        const startings: Promise<void>[] = [];
        for (const server of queue) {
          signal.throwIfAborted();
          const begun = await bringUp(server);
          if (begun) startings.push(begun.started);
        }
        await Promise.all(startings);
      }),
    );
    return set;
  } catch (error) {
    cancel.abort(error);
    await set.stop();
    throw error;
  }
}

function givenSettings(server: Server, environment: NodeJS.ProcessEnv) {
  const first = server.settings[0];
  if (first === undefined || !environment[first]) return undefined;
  return Object.fromEntries(
    server.settings.flatMap((name) => (environment[name] ? [[name, environment[name] ?? '']] : [])),
  );
}

async function portsOf(asked: 'free' | Record<string, number>, servers: Server[]) {
  if (asked !== 'free') return asked;
  const names = [...new Set(servers.flatMap((server) => server.ports).concat('CODEC_PORT'))];
  const free = await freePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, free[index] ?? 0]));
}
