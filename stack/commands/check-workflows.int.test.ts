import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onThisMachine } from '../servers/registries.js';
import { filesToLint, lint, obtainLinters } from './check-workflows.js';

let root: string;
let obtained: Awaited<ReturnType<typeof obtainLinters>>;

beforeAll(async () => {
  obtained = await obtainLinters(onThisMachine());
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'lint-'));
  execFileSync('git', ['init', '--quiet'], { cwd: root });
});

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

async function findingsIn(files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  return (await lint(root, await filesToLint(root), obtained.linters)).join('\n');
}

const workflow = (run: string) => `
on: push
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - run: ${run}
`;

const good = {
  '.github/workflows/one.yml': workflow('npm test'),
  'tools/run': '#!/usr/bin/env bash\nexec npm test\n',
  'image/Dockerfile': 'FROM node:24.21.0-bookworm-slim\nUSER 1000\n',
};

it('has each linter here', () => expect(obtained.missing).toEqual([]));

it('finds nothing in what is good', async () => expect(await findingsIn(good)).toBe(''));

it.each([
  ['.github/workflows/one.yml', workflow('npm test ${{ github.nothing }}'), 'property "nothing" is not defined'],
  // ShellCheck, for the shell parts of workflows.
  ['.github/workflows/one.yml', workflow('rm -rf $FOLDER/*'), 'SC2086'],
  ['tools/run', '#!/usr/bin/env bash\nrm -rf $1/x\n', 'SC2086'],
  ['tools/other.sh', 'cd somewhere\n', 'SC2164'],
  ['image/Dockerfile', 'FROM node:latest\nUSER 1000\n', 'DL3007'],
  ['other.Dockerfile', 'FROM node:24.21.0-bookworm-slim\nMAINTAINER me\n', 'DL4000'],
])('finds what is wrong in %s: %j', async (name, text, finding) => {
  expect(await findingsIn({ ...good, [name]: text })).toContain(finding);
  fs.rmSync(path.join(root, name));
});
