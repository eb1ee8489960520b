// @ts-check
import path from 'node:path';
import { runNode } from '../test-run/run-node.js';
import { installPackages } from '../support/install.js';
import { checkPrerequisites } from '../support/needs.js';
import { own } from '../support/owner.js';
import { checkout, keepsake } from '../support/paths.js';
import { createProgress } from '../support/progress.js';
import { runCommand } from '../support/run-command.js';
import { endAll, stopOnSignal } from '../support/stopping.js';

/**
 * `npm run test:compose`: what is shipped, in containers, as its users run it. Arguments go to vitest. What is missing
 * on this machine is said by whoever needs it.
 * @param {string} project of vitest's
 */
export async function testContainers(project) {
  const dir = path.join(keepsake, project);
  const progress = createProgress();
  const signal = stopOnSignal(progress.say);
  /** @type {(() => unknown)[]} */
  const ends = [];
  try {
    await checkPrerequisites([], process.env);
    ends.push(await own(dir, `npm run test:${project}`));
    await installPackages({ root: checkout, progress, signal });
    // The tests import what Prisma generates.
    await runCommand('npm', ['run', '--silent', 'generate'], { cwd: checkout, env: process.env, signal });
    process.exitCode = await runNode(
      [path.join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', project, ...process.argv.slice(2)],
      { env: process.env, records: path.join(dir, 'run'), signal },
    );
  } catch (error) {
    if (!signal.aborted) progress.say(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    if (!(await endAll(ends, progress.say)) || signal.aborted) process.exitCode = 1;
    progress.close();
  }
}
