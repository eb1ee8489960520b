import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.js';
import { runCommand } from './run-command.js';
import type { Progress } from './terminal.js';

/** Installs the packages unless those of the lock file are there. */
export async function installPackages({
  root,
  progress,
  signal,
}: {
  root: string;
  progress: Progress;
  signal?: AbortSignal;
}) {
  if (isInstalled(root)) return;
  const step = progress.step('packages');
  // NODE_ENV=production would leave out what builds.
  await runCommand('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=http'], {
    cwd: root,
    signal,
    env: process.env,
    onLine: (line) => step.detail(line.replace(/^npm http (fetch )?/, '')),
  });
  step.done('installed as in package-lock.json');
}

/** Npm writes down what it installed, as the last thing it does, so an install that was killed isn't taken for one. */
function isInstalled(root: string) {
  const [wanted, there] = [
    path.join(root, 'package-lock.json'),
    path.join(root, 'node_modules', '.package-lock.json'),
  ].map(packagesOf);
  if (!wanted || !there) return false;
  return Object.entries(wanted).every(([name, { version, optional, devOptional }]) => {
    if (name === '') return true;
    const found = there[name];
    // Optional ones are left out where they don't fit the machine.
    return found ? found.version === version : Boolean(optional || devOptional);
  });
}

type Packages = Record<string, { version?: string; optional?: boolean; devOptional?: boolean }>;

function packagesOf(file: string): Packages | undefined {
  try {
    return (JSON.parse(fs.readFileSync(file, 'utf8')) as { packages: Packages }).packages;
  } catch {
    return undefined;
  }
}

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
  'web',
  'stack/setup',
  'stack/container',
  'stack/app',
  'stack/support',
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
function digestOf(root: string): string {
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
