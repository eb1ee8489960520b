import path from 'node:path';
import { build } from '../support/build.js';
import { checkout, keepsake } from '../support/paths.js';
import { runCommand } from '../support/run-command.js';
import { onTestServers } from '../test-run/on-test-servers.js';
import { run as testCompose } from './test-compose.js';
import type { Progress } from '../support/progress.js';

/**
 * `npm test`: everything that must hold, on servers of its own; arguments go to vitest, and then nothing else is checked.
 * With CI=true what is shipped is tried too, in containers, which are Linux's.
 */
export async function run() {
  const args = process.argv.slice(2);
  await onTestServers({
    command: 'npm test',
    dir: path.join(keepsake, 'test'),
    prepare: async (progress, signal) => {
      await build({ root: checkout, progress, signal });
      if (args.length === 0) await check(progress, signal);
    },
    program: [path.join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...(args.length === 0 ? ownProjects : args)],
  });
  const isWhole = args.length === 0 && process.exitCode === 0;
  if (isWhole && process.env.CI === 'true' && process.platform === 'linux') await testCompose();
}

/** All but those that take containers; several of `!name` would let every one through. */
const ownProjects = ['unit', 'int', 'e2e', 'apps', 'faults'].map((name) => `--project=${name}`);

async function check(progress: Progress, signal: AbortSignal) {
  const step = progress.step('types, lint, format, imports, unused code, workflows');
  try {
    await runCommand('npm', ['run', '--silent', 'check'], {
      cwd: checkout,
      env: process.env,
      signal,
      onLine: step.detail,
    });
    step.done();
  } catch (error) {
    step.failed();
    throw error;
  }
}
