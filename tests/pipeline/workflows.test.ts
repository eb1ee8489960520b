import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { actionFindings, actionsIn, matrixOf, workflowFindings } from './workflow-rules.js';

const scripts = Object.keys(manifest.scripts);
const folder = '.github/workflows';
const workflows = readdirSync(folder).map((name) => path.posix.join(folder, name));
const actions = readdirSync('.github/actions').map((name) => `.github/actions/${name}/action.yml`);
const read = (file: string) => readFileSync(file, 'utf8');

it.each(workflows)('%s keeps the rules', (file) => {
  expect(workflowFindings(read(file), scripts)).toEqual([]);
});

it.each(actions)('%s keeps the rules', (file) => {
  expect(actionFindings(read(file), scripts)).toEqual([]);
});

it('has one version of each action', () => {
  const used = [...workflows, ...actions].flatMap((file) => actionsIn(read(file)));
  const versions = new Map<string, Set<string>>();
  for (const [name, version] of used) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  expect([...versions].filter(([, each]) => each.size > 1)).toEqual([]);
});

it('tests on the oldest Node.js that package.json allows, and on those after it', () => {
  const majors = new Set(matrixOf(read(`${folder}/ci.yml`), 'test').map(({ node }) => Number(node)));
  const oldest = Number(/\d+/.exec(manifest.engines.node)?.[0]);
  expect([...majors].sort()).toEqual([oldest, oldest + 2, oldest + 4]);
});

describe('the rules', () => {
  const sha = 'a'.repeat(40);
  const good = `
on: push
permissions: {}
concurrency: { group: one }
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@${sha} # v1.2.3
        with: { persist-credentials: false }
      - run: npm run check
`;

  it('are kept by what is good', () => {
    expect(workflowFindings(good, ['check'])).toEqual([]);
  });

  it.each([
    [`@${sha} # v1.2.3`, '@v1.2.3', 'must be a commit'],
    [`@${sha} # v1.2.3`, `@${sha}`, 'with its version in a comment'],
    [`@${sha} # v1.2.3`, `@${sha} # v1`, 'with its version in a comment'],
    ['permissions: {}', 'permissions: read-all', 'the top must give no permissions'],
    ['    permissions: { contents: read }\n', '', 'must list its permissions'],
    ['permissions: { contents: read }', 'permissions: write-all', 'must list its permissions'],
    ['    timeout-minutes: 5\n', '', 'has no timeout-minutes'],
    ['concurrency: { group: one }', '', 'no concurrency group'],
    ['on: push', 'on: pull_request_target', "stranger's code"],
    ['ubuntu-24.04', 'ubuntu-latest', 'changes by itself'],
    ['        with: { persist-credentials: false }\n', '', 'leaves its token'],
    ['npm run check', 'npm run chekc', 'no script of package.json'],
    ['npm run check', 'npm run check && npm run check', 'more than one command'],
    ['npm run check', '|\n          npm run check\n          npm run check', 'more than one command'],
    ['npm run check', 'npm run check -- ${{ github.head_ref }}', "may be anyone's code"],
    ['npm run check', 'node stack/run.js check', 'neither an npm script nor'],
  ])('miss nothing: %j as %j', (text, by, finding) => {
    expect(good).toContain(text);
    expect(workflowFindings(good.replace(text, by), ['check']).join('\n')).toContain(finding);
  });
});
