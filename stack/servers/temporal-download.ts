import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from '../support/run-command.js';
import type { ServerContext } from './types.js';

export const temporalVersion = '1.5.1';

/** The official prebuilt `temporal`, checked against the release's list of checksums. Rejects when it can't be had quickly: building it is the way then. */
export async function downloadTemporal(
  { environment, signal, detail }: ServerContext,
  { version, folder }: { version: string; folder: string },
) {
  const archive = `temporal_cli_${version}_${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}.tar.gz`;
  const release = `https://github.com/temporalio/cli/releases/download/v${version}`;
  detail('asking for the official download');
  const checksums = await (await get(`${release}/checksums.txt`, 8_000, signal)).text();
  const expected = checksums
    .split('\n')
    .find((line) => line.trim().endsWith(archive))
    ?.split(/\s+/)[0];
  if (!expected) throw new Error(`no checksum of ${archive}`);
  detail(`downloading ${archive}`);
  const bytes = Buffer.from(await (await get(`${release}/${archive}`, 120_000, signal)).arrayBuffer());
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== expected) throw new Error(`${archive} has the checksum ${actual}, not ${expected}`);
  const file = path.join(folder, archive);
  fs.writeFileSync(file, bytes);
  await runCommand('tar', ['-xzf', file, '-C', folder, 'temporal'], { env: environment, signal });
  fs.rmSync(file);
}

/** @returns whether the official download answers, so that nothing needs building */
export async function canDownloadTemporal(signal: AbortSignal = AbortSignal.timeout(6000)): Promise<boolean> {
  try {
    return Boolean(
      await get(`https://github.com/temporalio/cli/releases/download/v${temporalVersion}/checksums.txt`, 6000, signal),
    );
  } catch {
    return false;
  }
}

/** @param within milliseconds */
async function get(url: string, within: number, signal: AbortSignal) {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(within)]) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response;
}
