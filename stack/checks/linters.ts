import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoTool, goPins } from '../servers/go-tool.js';
import { fromCache } from '../support/cache.js';
import { fromPip } from '../servers/pip.js';
import type { ServerContext } from '../servers/types.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const actionlintModule = path.join(here, 'actionlint');
const requirements = path.join(here, 'linters', 'requirements.txt');

/** paths; without those that can't be had here */
export interface Linters {
  actionlint?: string;
  shellcheck?: string;
  hadolint?: string;
}

export type Context = Pick<ServerContext, 'cache' | 'environment' | 'signal' | 'detail'>;

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
  const what = { cache: context.cache, name: 'actionlint', pins: goPins(actionlintModule), signal: context.signal };
  const { folder } = await fromCache(what, async (to) => {
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
  const lines = (error instanceof Error ? error.message : String(error)).split('\n');
  return lines.slice(0, 3).join(' ');
}
