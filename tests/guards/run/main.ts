import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createProgress } from '../../../stack/support/terminal.js';
import { SECTIONS } from '../all.js';
import { without } from '../take-out.js';
import { choose, type Chosen } from './choose.js';
import { copyCheckout } from './copy.js';
import { saidOf, summaryOf, type Result } from './summary.js';
import { buildCopy, notGreenAnyway, runsBuild, tryGuards } from './try-guards.js';
import { typeErrors } from './type-errors.js';
import { errorMessage } from '../../../platform/error-message.js';

// `npm run test:guards [-- section-or-word ...]`, on the servers that the environment names.

const checkout = process.cwd();
const copies = path.join(checkout, '.holdfast', 'guards', 'copies');
/** Two side by side: much of a test is waiting. */
const [first, second] = [path.join(copies, '1'), path.join(copies, '2')];
const progress = createProgress();
const results: Result[] = [];

try {
  const began = Date.now();
  const chosen = choose(SECTIONS, process.argv.slice(2));
  const tell = (result: Result): void => {
    results.push(result);
    const { section, guard, verdict, ms } = result;
    const mark = verdict.kind === 'red' ? '✓' : '✗';
    const said = verdict.kind === 'red' ? '' : `\n    ${saidOf(verdict)}`;
    progress.say(
      `${mark} ${results.length}/${chosen.length} ${section}: ${guard.promise} (${Math.round(ms / 1000)} s)${said}`,
    );
  };
  const refuse = (bad: Map<Chosen, string>): void => {
    for (const [one, because] of bad) tell({ ...one, verdict: { kind: 'bad', because }, ms: 0 });
  };

  // Whatever is wrong with how a guard is written is told before the minutes of the rest.
  for (const { guard } of chosen) without(guard, readFileSync(guard.code.file, 'utf8'));
  const types = progress.step(`types, without each of ${chosen.length} guards`);
  const notCompiling = typeErrors(chosen, checkout);
  types.done(notCompiling.size > 0 ? `${notCompiling.size} do not compile` : '');
  refuse(notCompiling);

  const copying = progress.step('two copies of the checkout');
  await Promise.all([first, second].map((copy) => copyCheckout(checkout, copy)));
  copying.done();

  for (const kind of [false, true]) {
    const all = chosen.filter((one) => runsBuild(one) === kind && !notCompiling.has(one));
    if (all.length === 0) continue;
    if (kind) await buildCopy(first);
    const notGreen = await notGreenAnyway(all, first, progress);
    refuse(notGreen);
    const queue = all.filter((one) => !notGreen.has(one));
    await Promise.all((kind ? [first] : [first, second]).map((copy) => tryGuards(queue, copy, progress, tell)));
  }
  progress.say(summaryOf(results, Date.now() - began));
  if (results.some(({ verdict }) => verdict.kind !== 'red')) process.exitCode = 1;
} catch (error) {
  progress.say(`✗ ${errorMessage(error)}`);
  process.exitCode = 1;
} finally {
  await rm(copies, { recursive: true, force: true });
  progress.close();
}
