// @ts-check
// Runs before there are packages, so it neither imports any nor is TypeScript, which Node.js reads by a package's help.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allNeeds, describeMissing, findMissing, thisMachine } from './prerequisites.js';

const checkout = fileURLToPath(new URL('../', import.meta.url));

/** npm writes the first as the last thing it does, and leaves the second out where it installs for production alone. */
const installed = ['.package-lock.json', 'tsx/package.json'].map(
  (file) => new URL(`../node_modules/${file}`, import.meta.url),
);

/**
 * A command; where there are no packages, they are installed first. One that is JavaScript does without them.
 * @param {string} command a file of commands/
 * @returns {Promise<{ run(): unknown }>}
 */
export async function load(command) {
  const plain = new URL(`commands/${command}.js`, import.meta.url);
  if (fs.existsSync(plain)) return import(plain.href);
  if (!installed.every((file) => fs.existsSync(file))) install();
  const { register } = await import('tsx/esm/api');
  register();
  return import(new URL(`commands/${command}.ts`, import.meta.url).href);
}

/** Says what it does on stderr: a command's own output may go to a file. */
function install() {
  const needs = { ...allNeeds, megabytes: 500, folders: [checkout] };
  // Which of the servers' programs are needed is known by who starts servers.
  if (findMissing({ ...needs, java: false, maven: false, go: false }, thisMachine).length > 0)
    throw new Error(describeMissing(findMissing(needs, thisMachine), thisMachine.platform));
  console.error('Installing the packages of package-lock.json, which takes a minute');
  // NODE_ENV=production would leave out what builds.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, { cwd: checkout, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The packages could not be installed: npm ci says why');
}
