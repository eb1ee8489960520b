import fs from 'node:fs';
import { filesToLint, lint } from '../checks/lint.js';
import { obtainLinters } from '../checks/linters.js';
import { cacheFolder, checkout } from '../support/paths.js';

/** `npm run check:workflows`: workflows, shell scripts and Dockerfiles. Where a linter can't be had it says so; with CI=true that is a failure. */
export async function run() {
  const cache = cacheFolder();
  fs.mkdirSync(cache, { recursive: true });
  const { linters, missing } = await obtainLinters({
    cache,
    environment: process.env,
    signal: new AbortController().signal,
    detail: () => undefined,
  });
  const files = await filesToLint(checkout);
  const found = await lint(checkout, files, linters);
  for (const text of found) console.error(text);
  for (const one of missing) console.error(`Not checked, for want of ${one}`);
  if (found.length > 0 || (missing.length > 0 && process.env.CI)) process.exitCode = 1;
}
