import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../support/run-command.js';
import type { ServerContext } from './types.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Builds a program from a Go module, whose go.sum says what its sources must be.
 * @param tool name: of the module's folder beside this file, or the whole path of another
 */
export async function buildGoTool(
  { environment, signal, detail }: Pick<ServerContext, 'environment' | 'signal' | 'detail'>,
  tool: { name: string; package: string; ldflags?: string; to: string },
) {
  const cwd = path.resolve(here, tool.name);
  const env = { ...environment, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath -buildvcs=false', GOWORK: 'off' };
  const args = ['build', '-v', '-ldflags', `-s -w ${tool.ldflags ?? ''}`.trim(), '-o', tool.to, tool.package];
  let packages = 0;
  const onLine = (line: string) =>
    detail(line.startsWith('go: ') ? line.slice(4) : `compiled ${++packages} packages, now ${line}`);
  await runCommand('go', args, { cwd, env, signal, onLine });
}

/**
 * @param name as above
 * @returns what decides the outcome of a build
 */
export function goPins(name: string): Buffer[] {
  return ['go.mod', 'go.sum'].map((file) => fs.readFileSync(path.resolve(here, name, file)));
}
