// @ts-check
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { queuesOf, serversOf } from './servers/all.js';
import { freePorts } from './support/free-ports.js';
import { keepAlive } from './support/keep-alive.js';
import { cacheFolder } from './support/paths.js';
import { endLeftovers } from './support/process-records.js';
import { createProgress } from './support/progress.js';
import { keepSecrets } from './support/secrets.js';
import { keepState } from './support/state.js';
import { withoutPassword } from './support/without-password.js';

/** @typedef {import('./servers/all.js').ServerName} ServerName */

/**
 * @typedef {object} StartServersOptions
 * @property {string} dir what this set keeps lies below it; one set at a time
 * @property {'free' | Record<string, number>} ports free ones, or by the name of their setting
 * @property {ServerName[]} [only] those wanted; all unless said
 * @property {boolean} [useGiven] use an address found in the environment instead of starting a server (default true)
 * @property {boolean} [started] false: prepared, with their addresses known, but not started yet (default true)
 * @property {boolean} [durable] false: faster, and lost if the machine crashes (default true)
 * @property {boolean} [restart] start again what dies (default false)
 * @property {NodeJS.ProcessEnv} [environment]
 * @property {AbortSignal} [signal] ends what is under way; what has been started is stopped before it rejects
 * @property {import('./support/progress.js').Progress} [progress]
 *
 * @typedef {object} StartedServers
 * @property {Record<string, string>} env the addresses, by the names the processes read
 * @property {Record<string, string>} from where each server or tool was taken from
 * @property {Record<string, import('./support/managed-process.js').ManagedProcess>} servers those started here, by name
 * @property {() => Promise<void>} stop ends them all; harmless twice
 */

/**
 * Brings up the real servers, each from its address in the environment, the cache, or the registry it comes from.
 * @param {StartServersOptions} options
 * @returns {Promise<StartedServers>}
 */
export async function startServers(options) {
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

  /** @type {StartedServers} */
  const set = {
    env: {},
    from: {},
    servers: {},
    stop: async () => {
      await Promise.all(Object.values(set.servers).map((server) => server.stop()));
      state.forget();
    },
  };

  /** @param {import('./servers/types.js').Server} server */
  async function bringUp(server) {
    const given = givenSettings(server, options.useGiven === false ? {} : environment);
    if (given) {
      set.from[server.name] = 'the environment';
      progress.say(`  ✓ ${server.name}: ${Object.values(given).join(' ')} from the environment`);
      return learn(given);
    }
    const step = progress.step(server.name);
    /** @type {import('./servers/types.js').ServerContext} */
    const context = {
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
        (error) => fail(step, error),
      );
      // It is awaited only at the end of its queue, and a failure until then isn't an unhandled one.
      started.catch(() => undefined);
      return { started };
    } catch (error) {
      return fail(step, error);
    }
  }

  /** @param {import('./support/progress.js').Step} step @param {any} error @returns {never} */
  function fail(step, error) {
    step.failed(signal.aborted ? 'stopped' : 'failed');
    cancel.abort(error);
    throw error;
  }

  /** @param {import('./servers/types.js').Server} server @param {import('./servers/types.js').ServerContext} context @param {import('./servers/types.js').Obtained} got */
  async function start(server, context, got) {
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

  /** @param {Record<string, string>} settings */
  function learn(settings) {
    Object.assign(set.env, settings);
    state.learn({ env: settings });
  }

  try {
    await Promise.all(
      queuesOf(only).map(async (queue) => {
        const startings = [];
        for (const server of queue) {
          signal.throwIfAborted();
          startings.push((await bringUp(server))?.started);
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

/** @param {import('./servers/types.js').Server} server @param {NodeJS.ProcessEnv} environment */
function givenSettings(server, environment) {
  const first = server.settings[0];
  if (first === undefined || !environment[first]) return undefined;
  return Object.fromEntries(
    server.settings.flatMap((name) => (environment[name] ? [[name, environment[name] ?? '']] : [])),
  );
}

/** @param {'free' | Record<string, number>} asked @param {import('./servers/types.js').Server[]} servers */
async function portsOf(asked, servers) {
  if (asked !== 'free') return asked;
  const names = [...new Set(servers.flatMap((server) => server.ports).concat('CODEC_PORT'))];
  const free = await freePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, free[index] ?? 0]));
}
