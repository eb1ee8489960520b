import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this code lies in. */
export const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Everything a stack keeps lies below this folder, which git ignores. */
export const keepsake = path.join(checkout, '.holdfast');

/** Where built and fetched servers are kept; clones of this repository share it. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env) {
  return path.resolve(env.HOLDFAST_CACHE || path.join(os.homedir(), '.cache', 'holdfast'));
}

/** Where the stack lies that `npm run status`, `logs` and `redis` are about: that of `npm start`, unless HOLDFAST_DIR says another. */
export function stackFolder(env: NodeJS.ProcessEnv = process.env) {
  return path.resolve(env.HOLDFAST_DIR || path.join(keepsake, 'dev'));
}
