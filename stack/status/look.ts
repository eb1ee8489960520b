// @ts-check
import path from 'node:path';
import { serversOf } from '../servers/all.js';
import { ownerOf } from '../support/owner.js';
import { answersOk, missingIn } from '../support/probes.js';
import { isStillThere } from '../support/process-identity.js';
import { readRecords } from '../support/process-records.js';
import { readState } from '../support/state.js';
import { withoutPassword } from '../support/without-password.js';
import { memoryOf } from './memory.js';

/** @typedef {import('../support/state.js').ProcessState} ProcessState */

/**
 * @typedef {object} Row a server or a process of ours
 * @property {string} name
 * @property {ProcessState['phase'] | 'healthy' | 'unhealthy'} state
 * @property {string} address
 * @property {string} [why] it is not healthy
 * @property {string} [since] when the state began that the stack knows of
 * @property {number} [pid] nothing for a server that was there before
 * @property {number} [bytes] of memory
 * @property {number} [restarts]
 * @property {string} [lastEnd] @property {string} [lastEndAt]
 *
 * @typedef {object} Stack
 * @property {'up' | 'starting' | 'killed' | 'none'} state killed: who looked after it is gone, and its processes run on
 * @property {number} [pid] of who looks after it
 * @property {string} [since]
 * @property {Row[]} rows
 * @property {{ name: string, pid: number }[]} leftovers
 */

/**
 * Looks at a stack from outside: what should run is on record, how it is each is asked now.
 * @param {string} dir
 * @returns {Promise<Stack>}
 */
export async function look(dir) {
  const [servers, app] = [readState(dir, 'servers'), readState(dir, 'app')];
  const owner = ownerOf(dir);
  const keeper = owner ?? app ?? servers;
  if (!keeper) {
    const records = ['app', 'servers'].flatMap((set) => readRecords(path.join(dir, 'run', set)));
    const leftovers = records.filter(isStillThere).map(({ name, pid }) => ({ name, pid }));
    return { state: leftovers.length > 0 ? 'killed' : 'none', rows: [], leftovers };
  }
  const env = { ...servers?.env, ...app?.env };
  const rows = await Promise.all([
    ...serversOf()
      .filter(({ name, answers, settings }) => servers?.processes[name] || (answers && env[settings[0] ?? '']))
      .map((server) => serverRow(server, servers?.processes[server.name], env)),
    ...Object.entries(app?.processes ?? {}).map(([name, state]) => processRow(name, state, app?.urls[name] ?? '')),
  ]);
  const memory = memoryOf(rows.flatMap(({ pid }) => pid ?? []));
  const isStarting = (owner && !app) || rows.some(({ state }) => state === 'waiting');
  return {
    state: isStarting ? 'starting' : 'up',
    pid: keeper.pid,
    since: (servers ?? app)?.since,
    rows: rows.map((row) => ({ ...row, bytes: row.pid === undefined ? undefined : memory.get(row.pid) })),
    leftovers: [],
  };
}

/**
 * @param {import('../servers/types.js').Server} server
 * @param {ProcessState | undefined} state nothing for one that was given
 * @param {Record<string, string>} env
 * @returns {Promise<Row>}
 */
function serverRow({ name, settings, answers }, state, env) {
  const address = settings.map((setting) => withoutPassword(env[setting] ?? '')).join(' ');
  // Until it has been ready once, its address isn't known.
  return rowOf({ name, address, state }, async () => (answers && env[settings[0] ?? ''] ? answers(env) : true));
}

/** @param {string} name @param {ProcessState} state @param {string} url @returns {Promise<Row>} */
function processRow(name, state, url) {
  return rowOf({ name, address: url, state }, () => answersOk(`${url}/readyz`));
}

/**
 * @param {{ name: string, address: string, state: ProcessState | undefined }} about
 * @param {() => Promise<boolean>} asks
 * @returns {Promise<Row>}
 */
async function rowOf({ name, address, state }, asks) {
  const { phase, since, pid, restarts, lastEnd, lastEndAt, nextStartAt } = state ?? { phase: 'ready' };
  const known = { name, address, since, pid, restarts, lastEnd, lastEndAt };
  if (phase === 'restarting') return { ...known, state: phase, why: `starts again in ${secondsUntil(nextStartAt)} s` };
  if (phase === 'waiting' || phase === 'stopped') return { ...known, state: phase };
  const wrong = await whatIsWrong(asks);
  if (phase === 'starting') return { ...known, state: phase, why: wrong };
  return wrong === undefined ? { ...known, state: 'healthy' } : { ...known, state: 'unhealthy', why: wrong };
}

/** @param {() => Promise<boolean>} asks @returns {Promise<string | undefined>} */
async function whatIsWrong(asks) {
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('no answer within 10 s')), 10_000).unref());
  try {
    await Promise.race([asks(), late]);
    return undefined;
  } catch (error) {
    const missing = missingIn(error);
    return missing.length > 0 ? `lacks ${missing.join(', ')}` : reasonOf(error);
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  const { name, message = String(error), cause } = /** @type {Error} */ (error);
  if (name === 'TimeoutError') return 'no answer in time';
  return (cause instanceof Error && cause.message ? cause.message : message).split('\n')[0] || 'no answer';
}

/** @param {string | undefined} time */
function secondsUntil(time = '') {
  return Math.max(0, Math.round((Date.parse(time) - Date.now()) / 1000));
}
