// @ts-check
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './run-command.js';

/**
 * Installs the packages unless those of the lock file are there.
 * @param {{ root: string, progress: import('./progress.js').Progress, signal?: AbortSignal }} options
 */
export async function installPackages({ root, progress, signal }) {
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

/**
 * npm writes down what it installed, as the last thing it does, so an install that was killed isn't taken for one.
 * @param {string} root
 */
export function isInstalled(root) {
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

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> | undefined} */
function packagesOf(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
