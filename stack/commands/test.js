// @ts-check
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { serversOf } from '../servers/all.js';
import { build } from '../support/build.js';
import { installPackages } from '../support/install.js';
import { checkPrerequisites } from '../support/needs.js';
import { own } from '../support/owner.js';
import { checkout, keepsake } from '../support/paths.js';
import { endLeftoversBelow, removeRecord, writeRecord } from '../support/process-records.js';
import { createProgress } from '../support/progress.js';
import { runCommand } from '../support/run-command.js';
import { endAll, stopOnSignal } from '../support/stopping.js';
import { together } from '../support/together.js';

/** @type {import('../servers/all.js').ServerName[]} */
const wanted = ['postgres', 'redis', 'kafka', 'temporal', 'zipkin', 'maildev', 'temporal-cli', 'test-server'];

const dir = path.join(keepsake, 'test');

/** `npm test`: everything that must hold, on servers of its own; arguments go to vitest, and then nothing else is checked. */
export async function test() {
  const args = process.argv.slice(2);
  const progress = createProgress();
  const signal = stopOnSignal(progress.say);
  /** @type {(() => unknown)[]} what to end, last one first */
  const ends = [];
  try {
    await checkPrerequisites(serversOf(wanted), process.env);
    ends.push(await own(dir, 'npm test'));
    await endLeftoversBelow(dir);
    for (const kept of ['data', 'apps', 'logs', 'config'])
      fs.rmSync(path.join(dir, kept), { recursive: true, force: true });
    await installPackages({ root: checkout, progress, signal });

    // Only now are there packages to import.
    const { startServers } = await import('../start-servers.js');
    /** @type {Record<string, string>} */
    let env = {};
    await together(signal, [
      async (signal) => {
        const servers = await startServers({ dir, ports: 'free', only: wanted, durable: false, progress, signal });
        ends.push(servers.stop);
        env = servers.env;
      },
      async (signal) => {
        await build({ root: checkout, progress, signal });
        if (args.length === 0) await check(progress, signal);
      },
    ]);
    // Apps that a killed test left go before their servers do.
    ends.push(() => endLeftoversBelow(path.join(dir, 'apps')));
    process.exitCode = await runVitest(
      args,
      { ...process.env, ...env, HOLDFAST_TEST_DIR: path.join(dir, 'apps') },
      signal,
    );
  } catch (error) {
    if (!signal.aborted) progress.say(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    const allEnded = await endAll(ends, progress.say);
    if (signal.aborted || !allEnded) process.exitCode = 1;
    progress.close();
  }
}

/** @param {import('../support/progress.js').Progress} progress @param {AbortSignal} signal */
async function check(progress, signal) {
  const step = progress.step('types, lint, format, imports, unused code');
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

/**
 * In a process group of its own, so that a Ctrl-C reaches it through us alone.
 * @param {string[]} args @param {NodeJS.ProcessEnv} env @param {AbortSignal} signal
 * @returns {Promise<number>} its exit code
 */
function runVitest(args, env, signal) {
  signal.throwIfAborted();
  const program = path.join(checkout, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(process.execPath, [program, 'run', ...args], {
    cwd: checkout,
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const records = path.join(dir, 'run', 'app');
  if (child.pid) writeRecord(records, { pid: child.pid, name: 'vitest', command: program });
  const end = (/** @type {NodeJS.Signals} */ by) => child.pid && killGroup(child.pid, by);
  /** @type {NodeJS.Timeout | undefined} */
  let late;
  const stop = () => {
    end('SIGINT');
    late = setTimeout(() => end('SIGKILL'), 10_000);
  };
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(late);
      signal.removeEventListener('abort', stop);
      removeRecord(records, 'vitest');
      // Workers of a runner that was killed would go on.
      end('SIGKILL');
      resolve(code ?? 1);
    });
  });
}

/** @param {number} leader @param {NodeJS.Signals} by */
function killGroup(leader, by) {
  try {
    process.kill(-leader, by);
  } catch {
    // The group is empty.
  }
}
