// @ts-check
import path from 'node:path';
import { describeBusyPorts, readPorts } from '../ports.js';
import { serversOf } from '../servers/all.js';
import { build } from '../support/build.js';
import { installPackages } from '../support/install.js';
import { checkPrerequisites } from '../support/needs.js';
import { own } from '../support/owner.js';
import { checkout, keepsake } from '../support/paths.js';
import { endLeftovers } from '../support/process-records.js';
import { createProgress } from '../support/progress.js';
import { aborted, stopOnSignal } from '../support/stopping.js';
import { together } from '../support/together.js';

/** @type {import('../servers/all.js').ServerName[]} */
const wanted = ['postgres', 'redis', 'kafka', 'temporal', 'zipkin', 'maildev', 'kafka-ui'];

/** `npm start`: everything on this machine, until Ctrl-C. */
export async function start() {
  const dir = path.join(keepsake, 'dev');
  const progress = createProgress();
  const signal = stopOnSignal(progress.say);
  const since = Date.now();
  /** @type {(() => unknown)[]} what to end, last one first */
  const ends = [];
  try {
    await checkPrerequisites(serversOf(wanted), process.env);
    ends.push(own(dir, 'npm start'));
    const ended = [
      ...(await endLeftovers(path.join(dir, 'run', 'app'))),
      ...(await endLeftovers(path.join(dir, 'run', 'servers'))),
    ];
    if (ended.length > 0) progress.say(`  ✓ ended what an earlier run had left: ${ended.join(', ')}`);
    const ports = readPorts(process.env);
    await refuseBusyPorts(ports);
    await installPackages({ root: checkout, progress, signal });

    // Only now are there packages to import.
    const { startApp, startServers } = await import('../app.js');
    /** @type {Record<string, string>} */
    let serversEnv = {};
    await together(signal, [
      async (signal) => {
        const servers = await startServers({ dir, ports, only: wanted, restart: true, progress, signal });
        ends.push(servers.stop);
        serversEnv = servers.env;
      },
      (signal) => build({ root: checkout, progress, signal }),
    ]);
    const app = await startApp({ dir, serversEnv, ports, restart: true, progress, signal });
    ends.push(app.stop);

    const { addressTable } = await import('../app/address-table.js');
    const { firstOrder } = await import('../app/first-order.js');
    progress.say(
      `\nHoldfast is up after ${Math.round((Date.now() - since) / 1000)} s.\n\n${addressTable({ env: serversEnv, urls: app.urls })}`,
    );
    progress.say(
      `\nA first order, to paste into another shell:\n\n${firstOrder(app.urls.gateway ?? '')}\n\nLogs are in ${path.relative(process.cwd(), path.join(dir, 'logs'))}. Ctrl-C ends everything.`,
    );
    await aborted(signal);
  } catch (error) {
    if (!signal.aborted) progress.say(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    for (const end of ends.reverse()) await end();
    progress.close();
    if (signal.aborted) {
      process.exitCode = 0;
      progress.say('  ✓ everything is ended');
    }
  }
}

/** @param {Record<string, number>} ports */
async function refuseBusyPorts(ports) {
  const servers = serversOf(wanted);
  const given = servers.filter(({ settings }) => process.env[settings[0] ?? '']).flatMap((server) => server.ports);
  const bound = Object.fromEntries(Object.entries(ports).filter(([name]) => !given.includes(name)));
  const busy = await describeBusyPorts(bound);
  if (busy.length > 0) throw new Error(busy.join('\n  '));
}
