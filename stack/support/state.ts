// @ts-check
import fs from 'node:fs';
import path from 'node:path';
import { isStillThere, startOf } from './process-identity.js';

/**
 * What `npm run status` and its like know of a set of processes, in a file kept by the process that looks after the set.
 *
 * @typedef {object} ProcessState
 * @property {'waiting' | 'starting' | 'ready' | 'restarting' | 'stopped'} phase waiting: for what comes before it
 * @property {string} since when that began
 * @property {number} [pid] while it runs
 * @property {string} logFile
 * @property {number} [restarts] how often it was started again after it had died
 * @property {string} [lastEnd] how it died last
 * @property {string} [lastEndAt]
 * @property {string} [nextStartAt] while it is restarting
 *
 * @typedef {object} SetState
 * @property {number} pid of who looks after them
 * @property {string} startedAt
 * @property {string} since
 * @property {Record<string, string>} env the addresses that are known so far
 * @property {Record<string, string>} urls of our processes, by name
 * @property {Record<string, ProcessState>} processes by name
 *
 * @typedef {'servers' | 'app'} SetName
 */

/** @param {string} dir @param {SetName} set */
const fileOf = (dir, set) => path.join(dir, 'run', `${set}.json`);

/**
 * @param {string} dir
 * @param {SetName} set
 */
export function keepState(dir, set) {
  const file = fileOf(dir, set);
  let isOver = false;
  /** @type {SetState} */
  const state = {
    pid: process.pid,
    startedAt: startOf(process.pid) ?? '',
    since: new Date().toISOString(),
    env: {},
    urls: {},
    processes: {},
  };

  function write() {
    if (isOver) return;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    // The addresses may hold passwords.
    fs.writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
    fs.renameSync(`${file}.new`, file);
  }

  return {
    /** @param {{ env?: Record<string, string>, urls?: Record<string, string> }} known */
    learn({ env, urls }) {
      Object.assign(state.env, env);
      Object.assign(state.urls, urls);
      write();
    },
    /** @param {string} name @param {Partial<ProcessState>} change */
    note(name, change) {
      const former = state.processes[name] ?? { phase: 'waiting', since: new Date().toISOString(), logFile: '' };
      state.processes[name] = { ...former, ...change };
      write();
    },
    /** All of the set has ended. */
    forget() {
      isOver = true;
      fs.rmSync(file, { force: true });
    },
  };
}

/** What one who was killed has left. @param {string} dir */
export function forgetFormer(dir) {
  for (const set of /** @type {SetName[]} */ (['servers', 'app'])) fs.rmSync(fileOf(dir, set), { force: true });
}

/**
 * @param {string} dir
 * @param {SetName} set
 * @returns {SetState | undefined} undefined also when who looked after them is gone, however that was
 */
export function readState(dir, set) {
  try {
    /** @type {SetState} */
    const state = JSON.parse(fs.readFileSync(fileOf(dir, set), 'utf8'));
    return isStillThere({ ...state, name: set, command: '' }) ? state : undefined;
  } catch {
    return undefined;
  }
}
