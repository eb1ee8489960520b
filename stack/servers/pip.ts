import fs from 'node:fs';
import { thisMachine } from '../prerequisites.js';
import { fromCache } from '../support/cache.js';
import { runCommand } from '../support/run-command.js';
import type { ServerContext } from './types.js';

/**
 * Installs what a requirements.txt pins with its hashes, into a folder of the cache.
 * @param what requirements: the path of the file
 * @returns the folder, whose programs are in `bin`
 */
export async function fromPip(
  { cache, environment, signal, detail }: Pick<ServerContext, 'cache' | 'environment' | 'signal' | 'detail'>,
  { name, requirements }: { name: string; requirements: string },
): Promise<string> {
  // Some packages are built for one version of Python.
  const pins = [fs.readFileSync(requirements), thisMachine.ask('python3', ['--version']) ?? ''];
  const { folder } = await fromCache({ cache, name, pins, signal }, async (to) => {
    const args = ['install', '--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary', ':all:'];
    await runCommand('python3', ['-m', 'pip', ...args, '--require-hashes', '--target', to, '-r', requirements], {
      env: environment,
      signal,
      onLine: detail,
    });
    return 'PyPI';
  });
  return folder;
}
