import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyCheckout } from '../guards/run/copy.js';
import { runTests } from '../guards/run/run-tests.js';

/**
 * What CONTRIBUTING says of a change holds as long as somebody who makes just these edits has something that compiles and
 * works. Where code around them has changed, make the patch anew: apply it to a branch by `git apply --3way`, mend it,
 * and write `git diff` back here.
 */
const CHANGES = [
  { patch: 'gift-message.patch', files: 4, test: 'api/order/gift-message.int.test.ts' },
  { patch: 'wrap-gift.patch', files: 8, test: 'workflows/order/wrap-gift.int.test.ts' },
];

const copy = path.resolve('.holdfast/newcomer');
/** Not in the checkout's repository: git would look for the files there. */
const env = { ...process.env, GIT_CEILING_DIRECTORIES: path.dirname(copy), NODE_OPTIONS: '' };
const execute = (command: string, ...args: string[]) => promisify(execFile)(command, args, { cwd: copy, env });
const pathOf = (patch: string) => path.resolve('tests/newcomer', patch);

beforeAll(() => copyCheckout(process.cwd(), copy), 60_000);
afterAll(() => rm(copy, { recursive: true, force: true }));

it.each(CHANGES)('$patch takes no more than $files files, and its test', ({ patch, files }) => {
  const touched = [...readFileSync(pathOf(patch), 'utf8').matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, file]) =>
    String(file),
  );
  expect(touched.filter((file) => !/\.test\.ts$|\/testing\//.test(file))).toHaveLength(files);
});

it('whoever adds a field and a step as CONTRIBUTING says has both', { timeout: 900_000 }, async () => {
  await execute('git', 'apply', ...CHANGES.map(({ patch }) => pathOf(patch)));
  await execute('npm', 'run', 'generate');
  await execute('npx', 'tsc', '-p', 'tsconfig.json');
  const files = [...CHANGES.map(({ test }) => test), 'workflows/order/replay.test.ts'];
  const names = ['is kept, is in the answer', 'is done after the stock', 'lets every recorded order through'];
  const report = await runTests({ copy, files, names, limitMs: 600_000 });
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const run = results.filter(({ fullName }) => names.some((name) => fullName.includes(name)));
  expect(run.map(({ status, failureMessages }) => [status, failureMessages])).toEqual(names.map(() => ['passed', []]));
});
