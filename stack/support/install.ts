import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './run-command.js';
import type { Progress } from './progress.js';

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

/** npm writes down what it installed, as the last thing it does, so an install that was killed isn't taken for one. */
export function isInstalled(root: string) {
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
