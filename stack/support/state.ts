import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { keepsake } from './paths.js';
import { isStillThere, startOf } from './process-records.js';

/** What `npm run status` and its like know of a set of processes, in a file kept by the process that looks after the set. */
export interface ProcessState {
  /** Waiting: for what comes before it. */
  phase: 'waiting' | 'starting' | 'ready' | 'restarting' | 'stopped';
  /** When that began. */
  since: string;
  /** While it runs. */
  pid?: number;
  logFile: string;
  /** How often it was started again after it had died. */
  restarts?: number;
  /** How it died last. */
  lastEnd?: string;
  lastEndAt?: string;
  /** While it is restarting. */
  nextStartAt?: string;
}

interface SetState {
  /** Of who looks after them. */
  pid: number;
  startedAt: string;
  since: string;
  /** The addresses that are known so far. */
  env: Record<string, string>;
  /** Of our processes, by name. */
  urls: Record<string, string>;
  /** By name. */
  processes: Record<string, ProcessState>;
}

type SetName = 'servers' | 'app';

const fileOf = (dir: string, set: SetName) => path.join(dir, 'run', `${set}.json`);

export function keepState(dir: string, set: SetName) {
  const file = fileOf(dir, set);
  let isOver = false;
  const state: SetState = {
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
    learn({ env, urls }: { env?: Record<string, string>; urls?: Record<string, string> }) {
      Object.assign(state.env, env);
      Object.assign(state.urls, urls);
      write();
    },
    note(name: string, change: Partial<ProcessState>) {
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

/** What one who was killed has left. */
export function forgetFormer(dir: string) {
  for (const set of ['servers', 'app'] as SetName[]) fs.rmSync(fileOf(dir, set), { force: true });
}

/** @returns undefined also when who looked after them is gone, however that was */
export function readState(dir: string, set: SetName): SetState | undefined {
  try {
    const state = JSON.parse(fs.readFileSync(fileOf(dir, set), 'utf8')) as SetState;
    return isStillThere({ ...state, name: set, command: '' }) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Values made once and kept: those in the file stay as they are, missing ones are made and added. Readable by their owner only. */
export function keepSecrets(file: string, makers: Record<string, () => string>): Record<string, string> {
  const kept = readSecrets(file);
  const missing = Object.entries(makers).filter(([name]) => typeof kept[name] !== 'string');
  if (missing.length === 0) return kept;
  for (const [name, make] of missing) kept[name] = make();
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
  return kept;
}

/** What was kept so far; nothing where there is no such file. */
export function readSecrets(file: string): Record<string, string> {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

/**
 * Removes what a stack that doesn't run has kept: the data of its servers, and the keys and passwords that go with it.
 * @returns whether there was anything
 */
export function removeData(dir: string): boolean {
  if (!dir.startsWith(keepsake + path.sep))
    throw new Error(`--fresh empties only what lies in ${keepsake}; ${dir} does not`);
  const data = path.join(dir, 'data');
  const secrets = ['secrets.json', 'app-secrets.json'].map((file) => path.join(dir, file));
  const wasThere = [data, ...secrets].some((place) => fs.existsSync(place));
  // Set aside at once, since half of it would be worse than all; secrets without data do no harm.
  if (fs.existsSync(data)) fs.renameSync(data, `${data}.removed-${randomBytes(4).toString('hex')}`);
  for (const file of secrets) fs.rmSync(file, { force: true });
  removeRests(dir);
  return wasThere;
}

/** What a removal that was killed had set aside. */
export function removeRests(dir: string) {
  if (!fs.existsSync(dir)) return;
  for (const entry of fs.readdirSync(dir).filter((name) => name.startsWith('data.removed-')))
    fs.rmSync(path.join(dir, entry), { recursive: true, force: true });
}
