import path from 'node:path';
import { runNode, runCommand } from '../support/run-command.js';
import { installPackages } from '../support/build.js';
import { checkPrerequisites } from '../servers/all.js';
import { own } from '../support/lock.js';
import { checkout, keepsake } from '../support/paths.js';
import { endLeftovers } from '../support/process-records.js';
import { startAndEnd } from '../support/start-and-end.js';

const dir = path.join(keepsake, 'compose');
const records = path.join(dir, 'run', 'app');

/**
 * `npm run test:compose`: what is shipped, in containers, as its users run it. Arguments go to vitest. What is missing
 * on this machine is said by whoever needs it.
 */
export async function run() {
  await startAndEnd(async ({ ends, progress, signal }) => {
    await checkPrerequisites([], process.env);
    ends.push(await own(dir, 'npm run test:compose'));
    await endLeftovers(records);
    await installPackages({ root: checkout, progress, signal });
    // The tests import what Prisma generates.
    await runCommand('npm', ['run', '--silent', 'generate'], { cwd: checkout, env: process.env, signal });
    process.exitCode = await runNode(
      [path.join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'compose', ...process.argv.slice(2)],
      { env: process.env, records, signal },
    );
  });
}
