import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from '../support/run-command.js';
import type { Linters } from './linters.js';

/** paths from the root */
export interface Files {
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
    run(root, actionlint, parts, workflows),
    run(root, shellcheck, ['--color=never', '--external-sources'], scripts),
    ...dockerfiles.map((file) => run(root, hadolint, ['--no-color', ...hadolintConfig(root, file)], [file])),
  ]);
  return said.filter((text) => text !== '');
}

async function run(root: string, program: string | undefined, args: string[], files: string[]) {
  if (!program || files.length === 0) return '';
  try {
    await runCommand(program, [...args, ...files], { cwd: root });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
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
