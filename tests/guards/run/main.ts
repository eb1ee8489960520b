import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from '../../../stack/support/build.js';
import { createProgress } from '../../../stack/support/progress.js';
import { SECTIONS } from '../all.js';
import { BadGuard, takeOut, without } from '../take-out.js';
import { choose, type Chosen } from './choose.js';
import { copyCheckout } from './copy.js';
import { runTests } from './run-tests.js';
import { typeErrors } from './type-errors.js';
import { verdictOn, type Verdict } from './verdict.js';

// `npm run test:guards [-- section-or-word ...]`, on the servers that the environment names.

const checkout = process.cwd();
const copies = path.join(checkout, '.holdfast', 'guards', 'copies');
const COPIES = [path.join(copies, '1'), path.join(copies, '2')];
const silent = { say: () => undefined, step: () => noStep, close: () => undefined };
const noStep = { detail: () => undefined, done: () => undefined, failed: () => undefined };

interface Result extends Chosen {
  verdict: Verdict | { kind: 'bad'; because: string };
  ms: number;
}

const progress = createProgress();
const results: Result[] = [];
let toldOf = 0;

/** They run what was built, boot an application, and want the machine for themselves. */
const runsBuild = ({ guard }: Chosen) => guard.test.file.endsWith('.e2e.test.ts');

function note(chosen: Chosen, verdict: Result['verdict'], since: number, of: number): void {
  const ms = Date.now() - since;
  results.push({ ...chosen, verdict, ms });
  toldOf += 1;
  const mark = verdict.kind === 'red' ? '✓' : '✗';
  progress.say(`${mark} ${toldOf}/${of} ${chosen.section}: ${chosen.guard.promise} (${(ms / 1000).toFixed(0)} s)`);
  if (verdict.kind !== 'red') progress.say(`    ${saidOf(verdict)}`);
}

function saidOf(verdict: Result['verdict']): string {
  if (verdict.kind === 'green') return 'its test stays green without it';
  return `${verdict.kind === 'bad' ? 'bad guard' : verdict.kind}: ${verdict.because}`;
}

/** Without any change, so that a test that is red anyway proves nothing. */
async function runUnchanged(chosen: readonly Chosen[], copy: string): Promise<Map<Chosen, string>> {
  const step = progress.step(`${chosen.length} tests, with all guards in place`);
  const files = [...new Set(chosen.map(({ guard }) => guard.test.file))];
  const names = chosen.map(({ guard }) => guard.test.name);
  const report = await runTests({ copy, files, names, limitMs: 15 * 60_000 });
  const red = chosen.flatMap((one) => {
    const verdict = verdictOn(one.guard, report);
    return verdict.kind === 'green' ? [] : [[one, `its test is not green with it either: ${verdict.because}`] as const];
  });
  if (red.length === 0) step.done();
  else step.failed(`${red.length} are not green`);
  return new Map(red);
}

async function tryWithout({ guard }: Chosen, copy: string): Promise<Verdict> {
  const putBack = takeOut(guard, copy);
  try {
    if (runsBuild({ section: '', guard })) await build({ root: copy, progress: silent });
    const { file, name } = guard.test;
    return verdictOn(guard, await runTests({ copy, files: [file], names: [name], limitMs: 5 * 60_000 }));
  } finally {
    putBack();
  }
}

async function work(queue: Chosen[], copy: string, of: number): Promise<void> {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const since = Date.now();
    const step = progress.step(path.basename(next.guard.test.file));
    const verdict = await tryWithout(next, copy).catch((error: unknown) => ({
      kind: error instanceof BadGuard ? ('bad' as const) : ('unknown' as const),
      because: error instanceof Error ? error.message : String(error),
    }));
    step.done(verdict.kind);
    note(next, verdict, since, of);
  }
}

try {
  const began = Date.now();
  const chosen = choose(SECTIONS, process.argv.slice(2));
  // Whatever is wrong with how a guard is written is told before the minutes of the rest.
  for (const { guard } of chosen) without(guard, readFileSync(guard.code.file, 'utf8'));
  const types = progress.step(`types, without each of ${chosen.length} guards`);
  const bad = new Map<Chosen, string>();
  const errors = typeErrors(
    chosen.map(({ guard }) => guard),
    checkout,
  );
  for (const one of chosen) {
    const error = errors.get(one.guard);
    if (error !== undefined) bad.set(one, `${one.guard.code.file} does not compile without it: ${error}`);
  }
  types.done(bad.size > 0 ? `${bad.size} do not compile` : '');
  const copying = progress.step('two copies of the checkout');
  await Promise.all(COPIES.map((copy) => copyCheckout(checkout, copy)));
  const [first = ''] = COPIES;
  if (chosen.some(runsBuild)) await build({ root: first, progress: silent });
  copying.done();

  for (const kind of [false, true]) {
    const all = chosen.filter((one) => runsBuild(one) === kind && !bad.has(one));
    if (all.length === 0) continue;
    for (const [one, because] of await runUnchanged(all, first)) bad.set(one, because);
    const queue = all.filter((one) => !bad.has(one));
    await Promise.all((kind ? [first] : COPIES).map((copy) => work(queue, copy, chosen.length)));
  }
  for (const [one, because] of bad) note(one, { kind: 'bad', because }, Date.now(), chosen.length);

  const failed = results.filter(({ verdict }) => verdict.kind !== 'red');
  progress.say(`\n${'section'.padEnd(10)} ${'guards'.padStart(6)} ${'red'.padStart(4)} ${'s'.padStart(5)}`);
  for (const { name } of SECTIONS) {
    const ours = results.filter(({ section }) => section === name);
    if (ours.length === 0) continue;
    const red = ours.filter(({ verdict }) => verdict.kind === 'red').length;
    const seconds = (ours.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(0);
    progress.say(
      `${name.padEnd(10)} ${String(ours.length).padStart(6)} ${String(red).padStart(4)} ${seconds.padStart(5)}`,
    );
  }
  progress.say(
    `\n${results.length - failed.length} of ${chosen.length} guards: the test goes red without it (${((Date.now() - began) / 60_000).toFixed(1)} min)`,
  );
  for (const { section, guard, verdict } of failed)
    progress.say(`✗ ${section}: ${guard.promise}\n    ${guard.test.file}: ${guard.test.name}\n    ${saidOf(verdict)}`);
  if (failed.length > 0) process.exitCode = 1;
} catch (error) {
  progress.say(`✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await rm(copies, { recursive: true, force: true });
  progress.close();
}
