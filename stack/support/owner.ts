import path from 'node:path';
import { withLock } from './lock.js';
import { isStillThere, type ProcessRecord } from './process-identity.js';
import { readRecords, removeRecord, writeRecord } from './process-records.js';

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
