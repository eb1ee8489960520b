// @ts-check
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../support/run-command.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Builds a program from the Go module servers/<name>, whose go.sum says what its sources must be.
 * @param {import('./types.js').ServerContext} context
 * @param {{ name: string, package: string, ldflags?: string, to: string }} tool
 */
export async function buildGoTool({ environment, signal, detail }, tool) {
  const cwd = path.join(here, tool.name);
  const env = { ...environment, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath -buildvcs=false', GOWORK: 'off' };
  const args = ['build', '-v', '-ldflags', `-s -w ${tool.ldflags ?? ''}`.trim(), '-o', tool.to, tool.package];
  let packages = 0;
  const onLine = (/** @type {string} */ line) =>
    detail(line.startsWith('go: ') ? line.slice(4) : `compiled ${++packages} packages, now ${line}`);
  await runCommand('go', args, { cwd, env, signal, onLine });
}

/** @param {string} name @returns {Buffer[]} what decides the outcome of a build */
export function goPins(name) {
  return ['go.mod', 'go.sum'].map((file) => fs.readFileSync(path.join(here, name, file)));
}
