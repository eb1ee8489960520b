import path from 'node:path';
import { build } from '../support/build.js';
import { checkout, keepsake } from '../support/paths.js';
import { onTestServers } from './test.js';

/** `npm run test:guards`: takes out each guard of docs/guarantees.md in turn, in a copy, and wants its test to go red. */
export async function run() {
  const dir = path.join(keepsake, 'guards');
  await onTestServers({
    command: 'npm run test:guards',
    dir,
    prepare: (progress, signal) => build({ root: checkout, progress, signal }),
    program: ['--import', 'tsx', path.join('tests', 'guards', 'run', 'main.ts'), ...process.argv.slice(2)],
    leaves: ['copies'],
  });
}
