import path from 'node:path';
import { build } from '../../../stack/support/build.js';
import type { Progress } from '../../../stack/support/terminal.js';
import { BadGuard, takeOut } from '../take-out.js';
import type { Chosen } from './choose.js';
import { runTests } from './run-tests.js';
import type { Result } from './summary.js';
import { saidOf } from './summary.js';
import { verdictOn } from './verdict.js';
import { errorMessage } from '../../../platform/error-message.js';

const MINUTE = 60_000;
const noStep = { detail: () => undefined, done: () => undefined, failed: () => undefined };
const silent: Progress = { say: () => undefined, step: () => noStep, close: () => undefined };

/** They run what was built, boot an application, and want the machine for themselves. */
export const runsBuild = ({ guard }: Chosen) => guard.test.file.endsWith('.e2e.test.ts');

/** Compiles a copy, as it stands. */
export const buildCopy = (copy: string) => build({ root: copy, progress: silent });

/** Runs each test without any change, and tells of those that are not green: they could prove nothing. */
export async function notGreenAnyway(
  chosen: readonly Chosen[],
  copy: string,
  progress: Progress,
): Promise<Map<Chosen, string>> {
  const step = progress.step(`${chosen.length} tests, with all guards in place`);
  const files = [...new Set(chosen.map(({ guard }) => guard.test.file))];
  const names = chosen.map(({ guard }) => guard.test.name);
  const report = await runTests({ copy, files, names, limitMs: 15 * MINUTE });
  const found = new Map<Chosen, string>();
  for (const one of chosen) {
    const verdict = verdictOn(one.guard, report);
    if (verdict.kind !== 'green') found.set(one, `its test is not green with it either: ${verdict.because}`);
  }
  if (found.size === 0) step.done();
  else step.failed(`${found.size} are not green`);
  return found;
}

/** Takes out one guard after the other of a queue that copies share, and tells each result when it is known. */
export async function tryGuards(
  queue: Chosen[],
  copy: string,
  progress: Progress,
  tell: (result: Result) => void,
): Promise<void> {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const since = Date.now();
    const step = progress.step(path.basename(next.guard.test.file));
    let verdict = await judge(next, copy);
    // No verdict at all, as when a server of the test's own did not start on a busy machine: asked once more.
    if (verdict.kind === 'unknown') verdict = await judge(next, copy);
    if (verdict.kind === 'red') step.done('red');
    else step.failed(saidOf(verdict));
    tell({ ...next, verdict, ms: Date.now() - since });
  }
}

async function judge(chosen: Chosen, copy: string): Promise<Result['verdict']> {
  try {
    return await tryWithout(chosen, copy);
  } catch (error) {
    const because = errorMessage(error);
    return { kind: error instanceof BadGuard ? 'bad' : 'unknown', because };
  }
}

async function tryWithout(chosen: Chosen, copy: string) {
  const { guard } = chosen;
  const putBack = takeOut(guard, copy);
  try {
    if (runsBuild(chosen)) await buildCopy(copy);
    const { file, name } = guard.test;
    return verdictOn(guard, await runTests({ copy, files: [file], names: [name], limitMs: 5 * MINUTE }));
  } finally {
    putBack();
  }
}
