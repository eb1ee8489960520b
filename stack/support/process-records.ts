import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { waitUntil } from './probes.js';

/** A process id alone is reused sooner or later, above all in containers. Together with the moment the process started (and on Linux the boot) it is not. */
export interface ProcessRecord {
  pid: number;
  startedAt: string;
  name: string;
  command: string;
}

/** @returns a word for when the process started that stays the same as long as it lives; undefined when there is none */
export function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
}

export function isStillThere(record: ProcessRecord) {
  return record.startedAt !== '' && startOf(record.pid) === record.startedAt;
}

function startOnLinux(pid: number) {
  try {
    const stat = parseLinuxStat(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (!stat || stat.state === 'Z') return undefined;
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${stat.startTicks}`;
  } catch {
    return undefined;
  }
}

/** @param text the contents of /proc/<pid>/stat, see proc(5) */
export function parseLinuxStat(text: string): { state: string; startTicks: string } | undefined {
  // The command stands in brackets and may itself hold spaces and brackets, so count from the last one.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  return state && startTicks ? { state, startTicks } : undefined;
}

function startByPs(pid: number) {
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
    const [state = '', ...start] = text.split(/\s+/);
    return text === '' || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

/** Written in the same tick as the start, so that a later run can end what a killed one left behind. */
export function writeRecord(folder: string, started: { pid: number; name: string; command: string }) {
  fs.mkdirSync(folder, { recursive: true });
  const record: ProcessRecord = { ...started, startedAt: startOf(started.pid) ?? '' };
  const file = path.join(folder, `${started.name}.json`);
  fs.writeFileSync(`${file}.new`, JSON.stringify(record));
  fs.renameSync(`${file}.new`, file);
}

/** @param pid only if the record is still about this process */
export function removeRecord(folder: string, name: string, pid?: number) {
  const file = path.join(folder, `${name}.json`);
  if (pid !== undefined && readRecord(file)?.pid !== pid) return;
  fs.rmSync(file, { force: true });
}

export function readRecords(folder: string): ProcessRecord[] {
  if (!fs.existsSync(folder)) return [];
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.flatMap((file) => readRecord(path.join(folder, file)) ?? []);
}

function readRecord(file: string): ProcessRecord | undefined {
  try {
    const record = JSON.parse(fs.readFileSync(file, 'utf8')) as ProcessRecord;
    const complete =
      Number.isInteger(record.pid) &&
      record.pid > 1 &&
      typeof record.startedAt === 'string' &&
      typeof record.name === 'string';
    return complete ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Ends what an earlier run left behind: only processes whose start is the recorded one.
 * @param options milliseconds between asking and killing
 * @returns the names of those it ended
 */
export async function endLeftovers(folder: string, { grace = 10_000 }: { grace?: number } = {}): Promise<string[]> {
  const records = readRecords(folder);
  const alive = records.filter(isStillThere);
  const gone = () => !alive.some(isStillThere);
  for (const record of alive) signalQuietly(record.pid, 'SIGTERM');
  if (alive.length > 0) {
    await waitUntil(gone, { within: grace, what: 'the end of leftover processes' }).catch(() => undefined);
    for (const record of alive.filter(isStillThere)) signalQuietly(record.pid, 'SIGKILL');
    await waitUntil(gone, { within: 10_000, what: 'the end of killed leftover processes' });
  }
  for (const record of records) removeRecord(folder, record.name, record.pid);
  return alive.map((record) => record.name);
}

export function signalQuietly(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

/** The same for every set of records below a folder: those of apps first, then those of servers. */
export async function endLeftoversBelow(folder: string) {
  for (const kind of ['app', 'servers']) {
    for (const run of recordFolders(folder)) await endLeftovers(path.join(run, kind));
  }
}

function recordFolders(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const folders = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['data', 'logs'].includes(entry.name));
  return folders.flatMap(({ name }) =>
    name === 'run' ? [path.join(folder, name)] : recordFolders(path.join(folder, name)),
  );
}
