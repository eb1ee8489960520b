import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { keepsake } from './paths.js';

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
