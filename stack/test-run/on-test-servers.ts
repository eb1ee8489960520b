import fs from 'node:fs';
import path from 'node:path';
import { serversOf, type ServerName } from '../servers/all.js';
import { installPackages } from '../support/install.js';
import { checkPrerequisites } from '../servers/needs.js';
import { own } from '../support/owner.js';
import { checkout } from '../support/paths.js';
import { endLeftoversBelow } from '../support/process-records.js';
import { startAndEnd } from '../support/start-and-end.js';
import { together } from '../support/together.js';
import { runNode } from './run-node.js';
import type { Progress } from '../support/progress.js';

const wanted: ServerName[] = [
  'postgres',
  'redis',
  'kafka',
  'temporal',
  'zipkin',
  'maildev',
  'temporal-cli',
  'tctl',
  'test-server',
  'chromium',
];

/**
 * Runs a program with the servers that tests need, which are ended after it, as is all that it started, however it ends.
 * Sets the exit code to the program's.
 */
export async function onTestServers({
  command,
  dir,
  prepare,
  program,
  leaves = [],
}: {
  /** as it was typed, for whoever starts it twice */
  command: string;
  /** what it keeps lies below it: logs are kept until the next run, data are not */
  dir: string;
  /** while the servers start; the packages are there */
  prepare: (progress: Progress, signal: AbortSignal) => Promise<unknown>;
  /** what Node.js runs then: a file and its arguments */
  program: string[];
  /** folders below `dir` that it makes and, where it was ended, could not remove */
  leaves?: string[];
}) {
  await startAndEnd(async ({ ends, progress, signal }) => {
    await checkPrerequisites(serversOf(wanted), process.env);
    ends.push(await own(dir, command));
    // Not before it is ours: another run may be at work there.
    ends.push(() => leaves.forEach((folder) => fs.rmSync(path.join(dir, folder), { recursive: true, force: true })));
    await endLeftoversBelow(dir);
    for (const kept of ['data', 'apps', 'logs', 'config'])
      fs.rmSync(path.join(dir, kept), { recursive: true, force: true });
    await installPackages({ root: checkout, progress, signal });

    // Only now are there packages to import.
    const { startServers } = await import('../start-servers.js');
    let env: Record<string, string> = {};
    await together(signal, [
      async (signal) => {
        const servers = await startServers({ dir, ports: 'free', only: wanted, durable: false, progress, signal });
        ends.push(servers.stop);
        env = servers.env;
      },
      (signal) => prepare(progress, signal),
    ]);
    // Apps that a killed test left go before their servers do.
    ends.push(() => endLeftoversBelow(path.join(dir, 'apps')));
    process.exitCode = await runNode(program, {
      env: { ...process.env, ...env, HOLDFAST_TEST_DIR: path.join(dir, 'apps') },
      records: path.join(dir, 'run', 'app'),
      signal,
    });
  });
}
