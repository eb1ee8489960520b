import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { serversOf } from '../servers/all.js';
import type { Server } from '../servers/types.js';
import { ownerOf } from '../support/lock.js';
import { stackFolder } from '../support/paths.js';
import { answersOk, missingIn } from '../support/probes.js';
import { isStillThere, readRecords } from '../support/process-records.js';
import { readState, type ProcessState } from '../support/state.js';
import { readOptions, withoutPassword, sinceThen } from '../support/terminal.js';

const usage = `npm run status -- [--json]

What runs of the stack of npm start, where, and how it is. Ends with 0 when all is healthy, else with 1.
  --json  for programs to read
HOLDFAST_DIR names the folder of another stack.`;

/** `npm run status` */
export async function run() {
  const { values } = readOptions(usage, () => parseArgs({ options: { json: { type: 'boolean' } } }));
  const dir = stackFolder();
  const stack = await look(dir);
  console.log(values.json ? JSON.stringify(stack, null, 2) : describeStack(stack, dir));
  // A server that hangs must not keep us.
  process.exit(isWell(stack) ? 0 : 1);
}

/** A server or a process of ours. */
interface Row {
  name: string;
  state: ProcessState['phase'] | 'healthy' | 'unhealthy';
  address: string;
  /** Why it is not healthy. */
  why?: string;
  /** When the state began that the stack knows of. */
  since?: string;
  /** Nothing for a server that was there before. */
  pid?: number;
  /** Of memory. */
  bytes?: number;
  restarts?: number;
  lastEnd?: string;
  lastEndAt?: string;
}

export interface Stack {
  /** Killed: who looked after it is gone, and its processes run on. */
  state: 'up' | 'starting' | 'killed' | 'none';
  /** Of who looks after it. */
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

/** @returns for a person to read */
export function describeStack({ state, pid, since, rows, leftovers }: Stack, dir: string): string {
  if (state === 'none') return `Nothing runs in ${dir}. Start it with: npm start`;
  if (state === 'killed') {
    const list = leftovers.map((one) => `${one.name} (process ${one.pid})`).join(', ');
    return `What looked after the stack in ${dir} was killed. Still running, and ended by the next npm start: ${list}`;
  }
  const sick = rows.filter((row) => row.state !== 'healthy');
  const lines = [
    `${state === 'up' ? 'Up' : 'Starting'} for ${sinceThen(since)}, looked after by process ${pid}.`,
    ...(rows.length > 0 ? ['', table(rows.map(cells)), ''] : []),
    `${rows.length - sick.length} of ${rows.length} are healthy; together they take ${megabytes(sum(rows))}.`,
  ];
  return lines.join('\n');
}

export function isWell({ state, rows }: Stack) {
  return state === 'up' && rows.every((row) => row.state === 'healthy');
}

function cells({ name, state, since, pid, bytes, address, why, restarts, lastEnd, lastEndAt }: Row): string[] {
  const restarted = restarts ? `restarted ${restarts} x, last ended ${lastEnd} ${sinceThen(lastEndAt)} ago` : undefined;
  const remarks = [why, restarted].filter((remark) => remark !== undefined).join('; ');
  return [
    name,
    state,
    sinceThen(since),
    pid === undefined ? '' : `pid ${pid}`,
    bytes === undefined ? '' : megabytes(bytes),
    remarks === '' ? address : `${address}  ${remarks}`,
  ];
}

function table(rows: string[][]) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

function sum(rows: Row[]) {
  return rows.reduce((total, { bytes = 0 }) => total + bytes, 0);
}

function megabytes(bytes: number) {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}

interface Running {
  pid: number;
  parent: number;
  bytes: () => number;
}

/**
 * What each process takes together with those it started. On Linux memory that several share is divided among them
 * (the proportional set size), so that a sum over all is what they take together; elsewhere it is what is resident.
 * @returns bytes; nothing of those that have ended
 */
function memoryOf(pids: number[]): Map<number, number> {
  const running = process.platform === 'linux' ? runningOnLinux() : runningByPs();
  const found = running.filter(({ pid }) => pids.includes(pid));
  return new Map(
    found.map((one) => [one.pid, withOffspring(one, running).reduce((sum, { bytes }) => sum + bytes(), 0)]),
  );
}

function withOffspring(one: Running, running: Running[]): Running[] {
  const children = running.filter(({ parent }) => parent === one.pid);
  return [one, ...children.flatMap((child) => withOffspring(child, running))];
}

function runningOnLinux(): Running[] {
  const pids = fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map((pid) => ({
    pid: Number(pid),
    parent: Number(/^PPid:\s+(\d+)/m.exec(readQuietly(`/proc/${pid}/status`))?.[1]),
    bytes: () => Number(/^Pss:\s+(\d+)/m.exec(readQuietly(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024,
  }));
}

function runningByPs(): Running[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  return ((stdout as string | null) ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, kilobytes = 0]) => ({ pid, parent, bytes: () => kilobytes * 1024 }));
}

function readQuietly(file: string) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
