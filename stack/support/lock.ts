import fs from 'node:fs';
import path from 'node:path';
import { waitUntil } from './probes.js';
import {
  isStillThere,
  startOf,
  type ProcessRecord,
  readRecords,
  removeRecord,
  writeRecord,
} from './process-records.js';

/**
 * Lets one process at a time do a piece of work, over all clones. A lock whose holder is dead counts for nothing. Two may hold it at once
 * in the rare moment when both find the same dead holder: it saves work done twice, and what it guards must be right without it.
 */
export async function withLock<T>(
  file: string,
  { signal, onWait }: { signal?: AbortSignal; onWait?: (holder: number) => void },
  work: () => Promise<T> | T,
): Promise<T> {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await waitUntil(() => tryTake(file, onWait), { within: 60 * 60_000, every: 300, what: `the lock ${file}`, signal });
  try {
    return await work();
  } finally {
    if (holderOf(file)?.pid === process.pid) fs.rmSync(file, { force: true });
  }
}

function tryTake(file: string, onWait: ((holder: number) => void) | undefined) {
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(
    mine,
    JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) ?? '', name: 'lock', command: '' }),
  );
  try {
    // A link appears with its contents or not at all, unlike a file that is created and then written.
    fs.linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(mine, { force: true });
  }
  const holder = holderOf(file);
  if (holder && isStillThere(holder)) onWait?.(holder.pid);
  else fs.rmSync(file, { force: true });
  return false;
}

function holderOf(file: string): ProcessRecord | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as ProcessRecord;
  } catch {
    return undefined;
  }
}

/**
 * One stack of a kind at a time in a checkout, also when two are started in the same moment.
 * @param command how it was started
 * @returns gives it up
 */
export async function own(dir: string, command: string): Promise<() => void> {
  const folder = path.join(dir, 'run');
  await withLock(path.join(folder, 'owner.lock'), {}, () => {
    const other = ownerOf(dir);
    if (other)
      throw new Error(`${command} already runs in this checkout: process ${other.pid}. End it with: kill ${other.pid}`);
    writeRecord(folder, { pid: process.pid, name: 'owner', command });
  });
  return () => removeRecord(folder, 'owner', process.pid);
}

/** @returns the process that has it now */
export function ownerOf(dir: string): ProcessRecord | undefined {
  return readRecords(path.join(dir, 'run')).find((record) => record.name === 'owner' && isStillThere(record));
}
