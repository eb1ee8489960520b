import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const update = z.looseObject({
  'package-ecosystem': z.string(),
  directory: z.string().optional(),
  directories: z.array(z.string()).default([]),
});

/** What each file pins is of an ecosystem of the update bot. */
const ECOSYSTEMS: [RegExp, string][] = [
  [/(^|\/)package-lock\.json$/, 'npm'],
  [/(^|\/)go\.mod$/, 'gomod'],
  [/(^|\/)pom\.xml$/, 'maven'],
  [/(^|\/)requirements\.txt$/, 'pip'],
  // Stand-ins in tests have the versions of what they stand for.
  [/^(?!tests\/).*?(^|[/.])Dockerfile$/, 'docker'],
  [/(^|\/)docker-compose[^/]*\.yml$/, 'docker-compose'],
  [/^\.github\/workflows\//, 'github-actions'],
  [/(^|\/)action\.yml$/, 'github-actions'],
];

function ecosystemsOf(file: string): string[] {
  const named = ECOSYSTEMS.filter(([pattern]) => pattern.test(file)).map(([, ecosystem]) => ecosystem);
  const hasImages = /^k8s\/.*\.yaml$/.test(file) && /^ *(- )?image: [^\s:]+:\S+$/m.test(readFileSync(file, 'utf8'));
  return hasImages ? [...named, 'docker'] : named;
}

function wanted(): Set<string> {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  const found = files.split('\n').flatMap((file) =>
    ecosystemsOf(file).map((ecosystem) => {
      const folder = path.posix.dirname(file);
      // GitHub's own name for all workflows is the root.
      return `${ecosystem} ${folder === '.' || folder === '.github/workflows' ? '/' : `/${folder}`}`;
    }),
  );
  return new Set(found);
}

it('the update bot looks after every folder that pins something', () => {
  const { updates } = z
    .object({ updates: z.array(update) })
    .parse(parse(readFileSync('.github/dependabot.yml', 'utf8')));
  const told = updates.flatMap(({ 'package-ecosystem': ecosystem, directory, directories }) =>
    [...directories, ...(directory ? [directory] : [])].map((folder) => `${ecosystem} ${folder}`),
  );
  expect(told.sort()).toEqual([...wanted()].sort());
});
