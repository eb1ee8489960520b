// @ts-check
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../support/run-command.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Builds a program from a Go module, whose go.sum says what its sources must be.
 * @param {Pick<import('./types.js').ServerContext, 'environment' | 'signal' | 'detail'>} context
 * @param {{ name: string, package: string, ldflags?: string, to: string }} tool name: of the module's folder beside this file, or the whole path of another
 */
export async function buildGoTool({ environment, signal, detail }, tool) {
  const cwd = path.resolve(here, tool.name);
  const env = { ...environment, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath -buildvcs=false', GOWORK: 'off' };
  const args = ['build', '-v', '-ldflags', `-s -w ${tool.ldflags ?? ''}`.trim(), '-o', tool.to, tool.package];
  let packages = 0;
  const onLine = (/** @type {string} */ line) =>
    detail(line.startsWith('go: ') ? line.slice(4) : `compiled ${++packages} packages, now ${line}`);
  await runCommand('go', args, { cwd, env, signal, onLine });
}

/** @param {string} name as above @returns {Buffer[]} what decides the outcome of a build */
export function goPins(name) {
  return ['go.mod', 'go.sum'].map((file) => fs.readFileSync(path.resolve(here, name, file)));
}
