import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.js';

/** Pins: whatever decides the contents (a version, a lock file); other pins are another folder. */
export interface Place {
  cache: string;
  name: string;
  pins: (string | Buffer)[];
}

export function placeOf({ cache, name, pins }: Place) {
  return path.join(cache, `${name}-${digest([process.platform, process.arch, ...pins])}`);
}

export function isCached(place: Place) {
  return fs.existsSync(placeOf(place));
}

/**
 * A folder of the cache, filled at most once. It is filled beside its place and renamed into it when complete, so a fetch that is killed
 * leaves nothing that looks finished, and of two clones that fill it at once the first one wins and both are right.
 * @param fill puts the contents into the folder and says where they are from
 */
export async function fromCache(
  { cache, name, pins, signal, onWait }: Place & { signal?: AbortSignal; onWait?: () => void },
  fill: (folder: string) => Promise<string>,
): Promise<{ folder: string; from: string }> {
  const place = placeOf({ cache, name, pins });
  if (fs.existsSync(place)) return { folder: place, from: 'cache' };
  return withLock(`${place}.lock`, { signal, onWait }, async () => {
    if (fs.existsSync(place)) return { folder: place, from: 'cache' };
    sweep(cache, path.basename(place));
    const beside = `${place}.filling-${randomBytes(4).toString('hex')}`;
    fs.mkdirSync(beside, { recursive: true });
    try {
      const from = await fill(beside);
      settle(beside, place);
      return { folder: place, from };
    } finally {
      fs.rmSync(beside, { recursive: true, force: true });
    }
  });
}

function settle(beside: string, place: string) {
  try {
    fs.renameSync(beside, place);
  } catch (error) {
    // Another clone was faster; what it put there has the same pins.
    if (!fs.existsSync(place)) throw error;
  }
}

/** Removes what killed fetches left. An hour is longer than any fetch takes. */
function sweep(cache: string, prefix: string) {
  for (const entry of fs.readdirSync(cache)) {
    if (!entry.startsWith(`${prefix}.filling-`)) continue;
    const file = path.join(cache, entry);
    const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 60 * 60_000) fs.rmSync(file, { recursive: true, force: true });
  }
}

function digest(pins: (string | Buffer)[]) {
  const hash = createHash('sha256');
  for (const pin of pins) hash.update(pin).update('\0');
  return hash.digest('hex').slice(0, 12);
}
