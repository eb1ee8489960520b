import fs from 'node:fs';
import path from 'node:path';
import { begin, serversOf, type ServerName } from '../servers/all.js';
import { build } from '../support/build.js';
import { checkout, keepsake } from '../support/paths.js';
import { endLeftoversBelow } from '../support/process-records.js';
import { runCommand, runNode } from '../support/run-command.js';
import { startAndEnd, together } from '../support/start-and-end.js';
import type { Progress } from '../support/terminal.js';
import { run as testCompose } from './test-compose.js';

/**
 * `npm test`: everything that must hold, on servers of its own; arguments go to vitest, and then nothing else is checked.
 * With CI=true what is shipped is tried too, in containers, which are Linux's.
 */
export async function run() {
  const args = process.argv.slice(2);
  await onTestServers({
    command: 'npm test',
    dir: path.join(keepsake, 'test'),
    prepare: async (progress, signal) => {
      await build({ root: checkout, progress, signal });
      if (args.length === 0) await check(progress, signal);
    },
    program: [path.join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...(args.length === 0 ? ownProjects : args)],
  });
  const isWhole = args.length === 0 && process.exitCode === 0;
  if (isWhole && process.env.CI === 'true' && process.platform === 'linux') await testCompose();
}

/** All but those that take containers; several of `!name` would let every one through. */
const ownProjects = ['unit', 'int', 'e2e', 'apps', 'faults'].map((name) => `--project=${name}`);

async function check(progress: Progress, signal: AbortSignal) {
  const step = progress.step('types, lint, format, imports, unused code, workflows');
  try {
    await runCommand('npm', ['run', '--silent', 'check'], {
      cwd: checkout,
      env: process.env,
      signal,
      onLine: step.detail,
    });
    step.done();
  } catch (error) {
    step.failed();
    throw error;
  }
}

const wanted: ServerName[] = [
  ...(['postgres', 'redis', 'kafka', 'temporal', 'zipkin', 'maildev'] as const),
  ...(['temporal-cli', 'tctl', 'test-server', 'stripe-mock', 'chromium'] as const),
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
  /** As it was typed, for whoever starts it twice. */
  command: string;
  /** What it keeps lies below it: logs are kept until the next run, data are not. */
  dir: string;
  /** While the servers start; the packages are there. */
  prepare: (progress: Progress, signal: AbortSignal) => Promise<unknown>;
  /** What Node.js runs then: a file and its arguments. */
  program: string[];
  /** Folders below `dir` that it makes and, where it was ended, could not remove. */
  leaves?: string[];
}) {
  await startAndEnd(async (started) => {
    const { ends, progress, signal } = started;
    await begin({ dir, command, servers: serversOf(wanted) }, started);
    // Not before it is ours: another run may be at work there.
    ends.push(() => leaves.forEach((folder) => fs.rmSync(path.join(dir, folder), { recursive: true, force: true })));
    for (const kept of ['data', 'apps', 'logs', 'config'])
      fs.rmSync(path.join(dir, kept), { recursive: true, force: true });

    // Only now are there packages to import.
    const { startServers } = await import('../servers/start-servers.js');
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
