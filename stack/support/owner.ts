// @ts-check
import path from 'node:path';
import { withLock } from './lock.js';
import { isStillThere } from './process-identity.js';
import { readRecords, removeRecord, writeRecord } from './process-records.js';

/**
 * One stack of a kind at a time in a checkout, also when two are started in the same moment.
 * @param {string} dir
 * @param {string} command how it was started
 * @returns {Promise<() => void>} gives it up
 */
export async function own(dir, command) {
  const folder = path.join(dir, 'run');
  await withLock(path.join(folder, 'owner.lock'), {}, async () => {
    const other = ownerOf(dir);
    if (other)
      throw new Error(`${command} already runs in this checkout: process ${other.pid}. End it with: kill ${other.pid}`);
    writeRecord(folder, { pid: process.pid, name: 'owner', command });
  });
  return () => removeRecord(folder, 'owner', process.pid);
}

/**
 * @param {string} dir
 * @returns {import('./process-identity.js').ProcessRecord | undefined} the process that has it now
 */
export function ownerOf(dir) {
  return readRecords(path.join(dir, 'run')).find((record) => record.name === 'owner' && isStillThere(record));
}
