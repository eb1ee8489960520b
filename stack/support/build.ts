import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.js';
import { runCommand } from './run-command.js';
import type { Progress } from './progress.js';

const sources = [
  'contracts',
  'workflows',
  'activities',
  'workers',
  'api',
  'services',
  'notifications',
  'platform',
  'clients',
  'stack/setup',
  'stack/container',
  'stack/app',
  'stack/support',
  'stack/ports.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'prisma.config.ts',
];

/** Compiles unless the sources are those of the last build. */
export async function build({ root, progress, signal }: { root: string; progress: Progress; signal?: AbortSignal }) {
  const stamp = path.join(root, 'dist', '.built-from');
  await withLock(path.join(root, '.holdfast', 'build.lock'), { signal }, async () => {
    const now = digestOf(root);
    if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === now)
      return progress.say('  ✓ build: sources are unchanged');
    const step = progress.step('build');
    // With the compiler's notes of what it needn't do.
    if (!fs.existsSync(stamp)) fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
    fs.rmSync(stamp, { force: true });
    try {
      await runCommand('npm', ['run', '--silent', 'build'], {
        cwd: root,
        signal,
        env: process.env,
        onLine: step.detail,
      });
      fs.writeFileSync(stamp, now);
      step.done();
    } catch (error) {
      step.failed();
      throw error;
    }
  });
}

/** @returns changes when any source does, whatever its time says */
export function digestOf(root: string): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesBelow(path.join(root, source)))
      hash.update(path.relative(root, file)).update('\0').update(fs.readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(place: string): string[] {
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [place];
  return fs
    .readdirSync(place)
    .sort()
    .filter((entry) => entry !== 'generated' && !/\.test\.ts$/.test(entry))
    .flatMap((entry) => filesBelow(path.join(place, entry)));
}
