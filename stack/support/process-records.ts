import fs from 'node:fs';
import path from 'node:path';
import { isStillThere, startOf, type ProcessRecord } from './process-identity.js';
import { waitUntil } from './wait-until.js';

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
