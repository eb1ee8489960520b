import fs from 'node:fs';
import path from 'node:path';
import { buildGoTool, cached, fromPip, goPins, onThisMachine } from '../servers/registries.js';
import type { FetchContext } from '../servers/types.js';
import { checkout } from '../support/paths.js';
import { runCommand } from '../support/run-command.js';
import { errorMessage } from '../../platform/error-message.js';

/** `npm run check:workflows`: workflows, shell scripts and Dockerfiles. Where a linter can't be had it says so; with CI=true that is a failure. */
export async function run() {
  const { linters, missing } = await obtainLinters(onThisMachine());
  const files = await filesToLint(checkout);
  const found = await lint(checkout, files, linters);
  for (const text of found) console.error(text);
  for (const one of missing) console.error(`Not checked, for want of ${one}`);
  if (found.length > 0 || (missing.length > 0 && process.env.CI)) process.exitCode = 1;
}

/** Paths from the root. */
interface Files {
  workflows: string[];
  scripts: string[];
  dockerfiles: string[];
}

/** What git has, and would add. */
export async function filesToLint(root: string): Promise<Files> {
  const listed = await runCommand('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  const files = [...new Set(listed.split('\0'))].filter((file) => file && fs.existsSync(path.join(root, file)));
  return {
    workflows: files.filter((file) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(file)),
    scripts: files.filter((file) => isShell(root, file)),
    dockerfiles: files.filter((file) => /(^|[/.])Dockerfile$/.test(file)),
  };
}

/**
 * @param linters those that are not there are left out
 * @returns what was found, a text for each linter that found something
 */
export async function lint(
  root: string,
  { workflows, scripts, dockerfiles }: Files,
  { actionlint, shellcheck, hadolint }: Linters,
): Promise<string[]> {
  // Python parts would need pyflakes; there are none.
  const parts = ['-no-color', '-pyflakes=', `-shellcheck=${shellcheck ?? ''}`];
  const said = await Promise.all([
    findingsOf(root, actionlint, parts, workflows),
    findingsOf(root, shellcheck, ['--color=never', '--external-sources'], scripts),
    ...dockerfiles.map((file) => findingsOf(root, hadolint, ['--no-color', ...hadolintConfig(root, file)], [file])),
  ]);
  return said.filter((text) => text !== '');
}

async function findingsOf(root: string, program: string | undefined, args: string[], files: string[]) {
  if (!program || files.length === 0) return '';
  try {
    await runCommand(program, [...args, ...files], { cwd: root });
    return '';
  } catch (error) {
    return errorMessage(error);
  }
}

/** The nearest .hadolint.yaml above a file; by itself Hadolint looks into the folder that it is run in alone. */
function hadolintConfig(root: string, file: string) {
  for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder)) {
    const config = path.join(root, folder, '.hadolint.yaml');
    if (fs.existsSync(config)) return ['--config', config];
  }
  return [];
}

function isShell(root: string, file: string) {
  if (file.endsWith('.sh')) return true;
  if (path.extname(file) !== '' || !fs.statSync(path.join(root, file)).isFile()) return false;
  const [first = ''] = fs.readFileSync(path.join(root, file), 'utf8').split('\n', 1);
  return /^#!.*\b(ba|da)?sh\b/.test(first);
}

const pinned = path.join(checkout, 'stack', 'checks');
const actionlintModule = path.join(pinned, 'actionlint');
const requirements = path.join(pinned, 'linters', 'requirements.txt');

/** Paths; without those that can't be had here. */
interface Linters {
  actionlint?: string;
  shellcheck?: string;
  hadolint?: string;
}

type Context = FetchContext;

/**
 * The linters of what no TypeScript tool reads: workflows, shell scripts, Dockerfiles.
 * @returns missing: sentences, each with the way to get it
 */
export async function obtainLinters(context: Context): Promise<{ linters: Linters; missing: string[] }> {
  const [built, installed] = await Promise.allSettled([
    buildActionlint(context),
    fromPip(context, { name: 'linters', requirements }),
  ]);
  const missing = [];
  const linters: Linters = {};
  if (built.status === 'fulfilled') linters.actionlint = built.value;
  else missing.push(`actionlint, which is built with Go 1.25 or newer (https://go.dev/dl): ${firstLine(built.reason)}`);
  if (installed.status === 'fulfilled') Object.assign(linters, programsIn(path.join(installed.value, 'bin')));
  else
    missing.push(
      `shellcheck and hadolint, which Python's pip fetches (apt-get install python3-pip, or brew install python): ${firstLine(installed.reason)}`,
    );
  // PyPI has none for every system; the one of this machine may find other things than the pinned one.
  linters.shellcheck ??= onPath('shellcheck', context.environment);
  if (installed.status === 'fulfilled' && !linters.shellcheck)
    missing.push('shellcheck, which PyPI does not have for this system: apt-get install shellcheck');
  return { linters, missing };
}

async function buildActionlint(context: Context): Promise<string> {
  const { folder } = await cached(context, { name: 'actionlint', pins: goPins(actionlintModule) }, async (to) => {
    const name = 'github.com/rhysd/actionlint/cmd/actionlint';
    await buildGoTool(context, { name: actionlintModule, package: name, to: path.join(to, 'actionlint') });
    return 'its sources, built here';
  });
  return path.join(folder, 'actionlint');
}

function programsIn(folder: string): Linters {
  const there = ['shellcheck', 'hadolint'].filter((name) => fs.existsSync(path.join(folder, name)));
  return Object.fromEntries(there.map((name) => [name, path.join(folder, name)]));
}

function onPath(name: string, environment: NodeJS.ProcessEnv) {
  const folders = (environment.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

function firstLine(error: unknown) {
  const lines = errorMessage(error).split('\n');
  return lines.slice(0, 3).join(' ');
}
