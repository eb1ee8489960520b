import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import pg from 'pg';

/** What has been used since the processes began. Of two of them the difference is what was used between. */
export interface Counts {
  atMs: number;
  /** Processor time in ms, by the name of the process; its children's are its own. */
  cpuMs: Record<string, number>;
  /** By database, committed or not. */
  transactions: Record<string, number>;
  /** That Zipkin was sent. */
  spans: number;
  /** HTTP requests that our services answered, without those of probes. */
  httpCalls: number;
}

interface Sources {
  /** By name. */
  pids: () => Record<string, number>;
  postgresUrl: string;
  zipkinUrl: string;
  /** Of our services and workers. */
  urls: string[];
}

/** PostgreSQL writes a session's counts down when it has been idle for ten seconds. */
const COUNTED_AFTER_MS = 11_000;

/** Takes as long as PostgreSQL does; what is counted was used by its end but for processor time, which is of its beginning. */
export async function count({ pids, postgresUrl, zipkinUrl, urls }: Sources): Promise<Counts> {
  const cpuMs = cpuOf(pids());
  const atMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, COUNTED_AFTER_MS));
  const [transactions, spans, calls] = await Promise.all([
    transactionsIn(postgresUrl),
    sumOf(new URL('/prometheus', zipkinUrl).href, /^zipkin_collector_spans_total/),
    Promise.all(urls.map((url) => sumOf(`${url}/metrics`, REAL_REQUESTS))),
  ]);
  return { atMs, cpuMs, transactions, spans, httpCalls: calls.reduce((sum, one) => sum + one, 0) };
}

const REAL_REQUESTS = /^http_request_duration_seconds_count(?!.*route="\/(metrics|readyz|healthz)")/;

async function transactionsIn(url: string): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; count: number }>(
      `SELECT datname AS name, (xact_commit + xact_rollback)::float8 AS count FROM pg_stat_database
       WHERE datname NOT IN ('postgres', 'template0', 'template1')`,
    );
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  } finally {
    await client.end();
  }
}

/** The sum of a metric's series. */
async function sumOf(url: string, series: RegExp): Promise<number> {
  const text = await (await fetch(url)).text();
  return text
    .split('\n')
    .filter((line) => series.test(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Processor time in ms of processes and their children. Linux only: it is read from /proc. */
export function cpuOf(pids: Record<string, number>): Record<string, number> {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  const ticks = (pid: number): number =>
    all.reduce((sum, one) => sum + (one.pid === pid ? one.ticks : one.parent === pid ? ticks(one.pid) : 0), 0);
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, (ticks(pid) * 1000) / ticksPerSecond()]));
}

/** See proc(5). */
function statOf(pid: number): { pid: number; parent: number; ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // Its own in user and kernel mode, and of children that it has waited for.
    return { pid, parent: Number(parent), ticks: rest.slice(9, 13).reduce((sum, one) => sum + Number(one), 0) };
  } catch {
    return undefined;
  }
}

let perSecond: number | undefined;
const ticksPerSecond = () => (perSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })));

/** What was used between the two beyond what nobody's orders use, per order. */
export function usedByOrder(before: Counts, after: Counts, idle: { before: Counts; after: Counts }, orders: number) {
  const idleShare = (after.atMs - before.atMs) / (idle.after.atMs - idle.before.atMs);
  const one = (read: (counts: Counts) => number) =>
    (read(after) - read(before) - (read(idle.after) - read(idle.before)) * idleShare) / orders;
  const each = (read: (counts: Counts) => Record<string, number>) =>
    Object.fromEntries(Object.keys(read(after)).map((name) => [name, one((counts) => read(counts)[name] ?? 0)]));
  return {
    cpuMs: each(({ cpuMs }) => cpuMs),
    transactions: each(({ transactions }) => transactions),
    spans: one(({ spans }) => spans),
    httpCalls: one(({ httpCalls }) => httpCalls),
  };
}
