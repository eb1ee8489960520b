import path from 'node:path';
import { serversOf } from '../servers/all.js';
import { ownerOf } from '../support/owner.js';
import { answersOk, missingIn } from '../support/probes.js';
import { isStillThere } from '../support/process-identity.js';
import { readRecords } from '../support/process-records.js';
import { readState, type ProcessState } from '../support/state.js';
import { withoutPassword } from '../support/without-password.js';
import { memoryOf } from './memory.js';
import type { Server } from '../servers/types.js';

/** a server or a process of ours */
export interface Row {
  name: string;
  state: ProcessState['phase'] | 'healthy' | 'unhealthy';
  address: string;
  /** it is not healthy */
  why?: string;
  /** when the state began that the stack knows of */
  since?: string;
  /** nothing for a server that was there before */
  pid?: number;
  /** of memory */
  bytes?: number;
  restarts?: number;
  lastEnd?: string;
  lastEndAt?: string;
}

export interface Stack {
  /** killed: who looked after it is gone, and its processes run on */
  state: 'up' | 'starting' | 'killed' | 'none';
  /** of who looks after it */
  pid?: number;
  since?: string;
  rows: Row[];
  leftovers: { name: string; pid: number }[];
}

/** Looks at a stack from outside: what should run is on record, how it is each is asked now. */
export async function look(dir: string): Promise<Stack> {
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

/** @param state nothing for one that was given */
function serverRow(
  { name, settings, answers }: Server,
  state: ProcessState | undefined,
  env: Record<string, string>,
): Promise<Row> {
  const address = settings.map((setting) => withoutPassword(env[setting] ?? '')).join(' ');
  // Until it has been ready once, its address isn't known.
  return rowOf({ name, address, state }, async () => (answers && env[settings[0] ?? ''] ? answers(env) : true));
}

function processRow(name: string, state: ProcessState, url: string): Promise<Row> {
  return rowOf({ name, address: url, state }, () => answersOk(`${url}/readyz`));
}

async function rowOf(
  { name, address, state }: { name: string; address: string; state: ProcessState | undefined },
  asks: () => Promise<boolean>,
): Promise<Row> {
  const { phase, since, pid, restarts, lastEnd, lastEndAt, nextStartAt } = state ?? { phase: 'ready' };
  const known = { name, address, since, pid, restarts, lastEnd, lastEndAt };
  if (phase === 'restarting') return { ...known, state: phase, why: `starts again in ${secondsUntil(nextStartAt)} s` };
  if (phase === 'waiting' || phase === 'stopped') return { ...known, state: phase };
  const wrong = await whatIsWrong(asks);
  if (phase === 'starting') return { ...known, state: phase, why: wrong };
  return wrong === undefined ? { ...known, state: 'healthy' } : { ...known, state: 'unhealthy', why: wrong };
}

async function whatIsWrong(asks: () => Promise<boolean>): Promise<string | undefined> {
  const late: Promise<never> = new Promise((_, reject) =>
    setTimeout(() => reject(new Error('no answer within 10 s')), 10_000).unref(),
  );
  try {
    await Promise.race([asks(), late]);
    return undefined;
  } catch (error) {
    const missing = missingIn(error);
    return missing.length > 0 ? `lacks ${missing.join(', ')}` : reasonOf(error);
  }
}

function reasonOf(error: unknown) {
  const { name, message = String(error), cause } = error as Partial<Error>;
  if (name === 'TimeoutError') return 'no answer in time';
  return (cause instanceof Error && cause.message ? cause.message : message).split('\n')[0] || 'no answer';
}

function secondsUntil(time: string | undefined) {
  return Math.max(0, Math.round((Date.parse(time ?? '') - Date.now()) / 1000));
}
