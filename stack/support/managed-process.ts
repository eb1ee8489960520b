// @ts-check
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { signalQuietly, removeRecord, writeRecord } from './process-records.js';
import { waitUntil } from './wait-until.js';

/**
 * @typedef {object} ProcessSpec
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {NodeJS.Signals} [stopSignal] SIGTERM unless said
 * @property {boolean} [background] nobody waits for what it does: it yields the processor to the others
 * @property {number} [grace] milliseconds between asking it to stop and killing it
 * @property {number} [within] milliseconds it may take to be ready
 * @property {() => Promise<boolean>} ready a rejection says why it isn't yet
 */

/**
 * @typedef {object} ManagedProcess
 * @property {string} name
 * @property {string} logFile
 * @property {number | undefined} pid of the running process
 * @property {(signal?: AbortSignal) => Promise<void>} start resolves when it is ready; harmless when it is
 * @property {() => Promise<void>} spawn starts it without waiting for readiness
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop resolves when it has ended; killed when it takes longer than its grace
 * @property {() => Promise<void>} kill9 ends it without notice
 * @property {(count?: number) => string} tail the last lines of its log
 */

/** @typedef {(change: Partial<import('./state.js').ProcessState>) => void} Note told what becomes of the process */

/**
 * One process of ours or one server: started apart from our terminal, its output in a file, its id on record until it has ended.
 * @param {ProcessSpec} spec
 * @param {{ records: string, logs: string, onDeath?: (how: string) => void, note?: Note }} where onDeath: it ended and nobody had asked for it
 * @returns {ManagedProcess}
 */
export function manageProcess(spec, { records, logs, onDeath, note = () => undefined }) {
  const logFile = path.join(logs, `${spec.name}.log`);
  if (fs.existsSync(logFile)) fs.renameSync(logFile, path.join(logs, `${spec.name}.previous.log`));
  /** @type {{ pid: number, ended: Promise<string>, how: string | undefined, asked: boolean, isReady: boolean } | undefined} */
  let current;

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
      const error = await new Promise((resolve) => child.once('error', resolve));
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
      how: /** @type {string | undefined} */ (undefined),
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

  async function ready(/** @type {NonNullable<typeof current>} */ run, /** @type {AbortSignal | undefined} */ signal) {
    const check = async () => run.how !== undefined || (await spec.ready());
    await waitUntil(check, { within: spec.within ?? 60_000, what: spec.name, signal }).catch((error) => {
      throw signal?.aborted ? error : new Error(`${error.message}\n${quote()}`);
    });
    if (run.how !== undefined && !run.asked)
      throw new Error(`${spec.name} ended ${run.how} before it was ready\n${quote()}`);
    run.isReady = true;
    if (run.how === undefined) note({ phase: 'ready', since: now() });
  }

  /** @param {NodeJS.Signals} signal @param {number} grace */
  async function end(signal, grace) {
    const run = current;
    if (!run || run.how !== undefined) return;
    run.asked = true;
    signalQuietly(run.pid, signal);
    const late = setTimeout(() => signalQuietly(-run.pid, 'SIGKILL'), grace);
    await run.ended;
    clearTimeout(late);
  }

  /** @param {number} [count] */
  function tail(count = 25) {
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
    spawn: async () => void (await begin()),
    stop: (signal = spec.stopSignal ?? 'SIGTERM') => end(signal, spec.grace ?? 15_000),
    kill9: () => end('SIGKILL', 0),
    tail,
  };
}
