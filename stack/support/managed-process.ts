import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { waitUntil, pause } from './probes.js';
import { signalQuietly, removeRecord, writeRecord } from './process-records.js';
import type { ProcessState } from './state.js';

export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  cwd?: string;
  /** The whole environment. */
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** SIGTERM unless said */
  stopSignal?: NodeJS.Signals;
  /** Nobody waits for what it does: it yields the processor to the others. */
  background?: boolean;
  /** Milliseconds between asking it to stop and killing it. */
  grace?: number;
  /** Milliseconds it may take to be ready. */
  within?: number;
  /** A rejection says why it isn't yet. */
  ready: () => Promise<boolean> | boolean;
}

export interface ManagedProcess {
  name: string;
  logFile: string;
  /** Of the running process. */
  pid: number | undefined;
  /** Resolves when it is ready; harmless when it is. */
  start: (signal?: AbortSignal) => Promise<void>;
  /** Starts it without waiting for readiness. */
  spawn: () => Promise<void>;
  /** Resolves when it has ended; killed when it takes longer than its grace. */
  stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Ends it without notice. */
  kill9: () => Promise<void>;
  /** The last lines of its log. */
  tail: (count?: number) => string;
}

/** Told what becomes of the process. */
type Note = (change: Partial<ProcessState>) => void;

/**
 * One process of ours or one server: started apart from our terminal, its output in a file, its id on record until it has ended.
 * @param where onDeath: it ended and nobody had asked for it
 */
export function manageProcess(
  spec: ProcessSpec,
  {
    records,
    logs,
    onDeath,
    note = () => undefined,
  }: { records: string; logs: string; onDeath?: (how: string) => void; note?: Note },
): ManagedProcess {
  const logFile = path.join(logs, `${spec.name}.log`);
  if (fs.existsSync(logFile)) fs.renameSync(logFile, path.join(logs, `${spec.name}.previous.log`));
  let current:
    { pid: number; ended: Promise<string>; how: string | undefined; asked: boolean; isReady: boolean } | undefined;

  async function begin() {
    if (current && current.how === undefined) return current;
    fs.mkdirSync(logs, { recursive: true });
    const log = fs.openSync(logFile, 'a');
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      uid: spec.uid,
      gid: spec.gid,
      detached: true,
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    if (child.pid === undefined) {
      const error = await new Promise<Error>((resolve) => child.once('error', resolve));
      throw new Error(`${spec.name} could not be started: ${error.message}`);
    }
    if (spec.background) os.setPriority(child.pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
    writeRecord(records, {
      pid: child.pid,
      name: spec.name,
      command: [spec.command, ...spec.args].join(' ').slice(0, 500),
    });
    note({ phase: 'starting', since: now(), pid: child.pid, logFile, nextStartAt: undefined });
    const run = {
      pid: child.pid,
      how: undefined as string | undefined,
      asked: false,
      isReady: false,
      ended: Promise.resolve(''),
    };
    run.ended = new Promise((resolve) => {
      child.once('exit', (code, by) => {
        run.how = by ? `by ${by}` : `with exit code ${code}`;
        removeRecord(records, spec.name, run.pid);
        note({ phase: 'stopped', since: now(), pid: undefined });
        resolve(run.how);
        if (!run.asked && run.isReady) onDeath?.(run.how);
      });
    });
    current = run;
    return run;
  }

  async function ready(run: NonNullable<typeof current>, signal: AbortSignal | undefined) {
    const check = async () => run.how !== undefined || (await spec.ready());
    await waitUntil(check, { within: spec.within ?? 60_000, what: spec.name, signal }).catch((error: unknown) => {
      throw signal?.aborted ? error : new Error(`${(error as Error).message}\n${quote()}`);
    });
    if (run.how !== undefined && !run.asked)
      throw new Error(`${spec.name} ended ${run.how} before it was ready\n${quote()}`);
    run.isReady = true;
    if (run.how === undefined) note({ phase: 'ready', since: now() });
  }

  async function end(signal: NodeJS.Signals, grace: number) {
    const run = current;
    if (!run || run.how !== undefined) return;
    run.asked = true;
    signalQuietly(run.pid, signal);
    const late = setTimeout(() => signalQuietly(-run.pid, 'SIGKILL'), grace);
    await run.ended;
    clearTimeout(late);
  }

  function tail(count: number = 25) {
    if (!fs.existsSync(logFile)) return '';
    const { size } = fs.statSync(logFile);
    const length = Math.min(size, 64 * 1024);
    const buffer = Buffer.alloc(length);
    const file = fs.openSync(logFile, 'r');
    fs.readSync(file, buffer, 0, length, size - length);
    fs.closeSync(file);
    return buffer.toString().trimEnd().split('\n').slice(-count).join('\n');
  }

  const quote = () => `the end of ${logFile}:\n${tail()}`;
  const now = () => new Date().toISOString();

  return {
    name: spec.name,
    logFile,
    get pid() {
      return current && current.how === undefined ? current.pid : undefined;
    },
    start: async (signal) => {
      const run = await begin();
      if (!run.isReady) await ready(run, signal);
    },
    spawn: async () => {
      await begin();
    },
    stop: (signal = spec.stopSignal ?? 'SIGTERM') => end(signal, spec.grace ?? 15_000),
    kill9: () => end('SIGKILL', 0),
    tail,
  };
}

/**
 * A process that dies without being asked is reported with the end of its log and, if wanted, started again after a pause that doubles
 * from one second to half a minute.
 */
export function keepAlive(
  spec: ProcessSpec,
  {
    records,
    logs,
    restart,
    report,
    note,
  }: { records: string; logs: string; restart: boolean; report: (text: string) => void; note?: Note },
): ManagedProcess {
  let givenUp = new AbortController();
  let deaths = 0;
  let lastDeath = 0;
  let restarts = 0;
  const process = manageProcess(spec, { records, logs, note, onDeath: (how) => void died(how) });

  async function died(how: string) {
    report(`${spec.name} ended ${how} without being asked. The end of ${process.logFile}:\n${process.tail()}`);
    note?.({ lastEnd: how, lastEndAt: new Date().toISOString() });
    if (!restart) return;
    const { signal } = givenUp;
    deaths = Date.now() - lastDeath > 60_000 ? 1 : deaths + 1;
    lastDeath = Date.now();
    const seconds = Math.min(2 ** (deaths - 1), 30);
    restarts += 1;
    note?.({ phase: 'restarting', restarts, nextStartAt: new Date(Date.now() + seconds * 1000).toISOString() });
    report(`${spec.name} is started again in ${seconds} s`);
    await pause(seconds * 1000, signal);
    if (signal.aborted) return;
    await revive(signal);
  }

  async function revive(signal: AbortSignal): Promise<void> {
    try {
      await process.start(signal);
      report(`${spec.name} is ready again`);
    } catch (error) {
      if (signal.aborted) return;
      const [why = ''] = (error as Error).message.split('\n');
      if (process.pid === undefined) return died(why.replace(`${spec.name} ended `, ''));
      // It runs: what it waits for may take longer than it was given.
      report(why);
      return revive(signal);
    }
  }

  async function giveUp(end: () => Promise<void>) {
    givenUp.abort(new Error(`${spec.name} was stopped`));
    await end();
    givenUp = new AbortController();
  }

  return {
    name: process.name,
    logFile: process.logFile,
    get pid() {
      return process.pid;
    },
    start: process.start,
    spawn: process.spawn,
    tail: process.tail,
    stop: (signal) => giveUp(() => process.stop(signal)),
    kill9: () => giveUp(() => process.kill9()),
  };
}
