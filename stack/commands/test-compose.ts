import path from 'node:path';
import { begin } from '../servers/all.js';
import { checkout, keepsake } from '../support/paths.js';
import { runNode, runCommand } from '../support/run-command.js';
import { startAndEnd } from '../support/start-and-end.js';

const dir = path.join(keepsake, 'compose');
const records = path.join(dir, 'run', 'app');

/**
 * `npm run test:compose`: what is shipped, in containers, as its users run it. Arguments go to vitest. What is missing
 * on this machine is said by whoever needs it.
 */
export async function run() {
  await startAndEnd(async (started) => {
    const { signal } = started;
    await begin({ dir, command: 'npm run test:compose' }, started);
    // The tests import what Prisma generates.
    await runCommand('npm', ['run', '--silent', 'generate'], { cwd: checkout, env: process.env, signal });
    process.exitCode = await runNode(
      [path.join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'compose', ...process.argv.slice(2)],
      { env: process.env, records, signal },
    );
  });
}
