import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const below = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => path.posix.join(folder, file));

const documents = ['README.md', ...below('docs', '.md')];
const tests = [
  ...below('tests/e2e', '.test.ts'),
  ...below('tests/faults', '.test.ts'),
  'tests/faults/one-app/operators.ts',
  'tests/containers/composed.ts',
  'workers/deployment.int.test.ts',
].map((file) => readFileSync(file, 'utf8'));

/** The stack itself, whose tests are `tests/faults/npm-start` and this very run, and what `npm run check` runs. */
const RUN_ELSEWHERE = ['npm start', 'npm test', 'npm run check:imports'];

it.each(documents)('%s: each command is run by a test, from the document', (document) => {
  const text = readFileSync(document, 'utf8');
  const blocks = [...text.matchAll(/(?:<!-- test: (?<names>[a-z0-9, -]+) -->\n+)?```sh\n(?<code>[^]*?)```/g)];
  const unmarked = blocks.filter(({ groups }) => !groups?.['names']).map(({ groups }) => groups?.['code']?.trim());
  expect(unmarked.filter((code) => !RUN_ELSEWHERE.includes(code ?? ''))).toEqual([]);

  const names = blocks.flatMap(({ groups }) => groups?.['names']?.split(', ') ?? []);
  // As an argument, or as the key of a table.
  const runs = (name: string) =>
    tests.some((test) => test.includes(document) && new RegExp(`'${name}'|^ +${name}: /`, 'm').test(test));
  expect(names.filter((name) => !runs(name))).toEqual([]);
});
