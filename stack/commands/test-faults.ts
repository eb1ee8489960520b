import { randomInt } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { begin, serversOf, type ServerName } from '../servers/all.js';
import { build } from '../support/build.js';
import { checkout, keepsake } from '../support/paths.js';
import { startAndEnd } from '../support/start-and-end.js';
import { readOptions } from '../support/terminal.js';

const wanted: ServerName[] = ['postgres', 'redis', 'kafka', 'temporal', 'maildev'];

const dir = path.join(keepsake, 'faults');

const usage = `npm run test:faults -- [--seed N] [--orders N] [--short]

Brings up everything on its own, places orders, kills each process at each crash point and restarts each server, in an
order that the seed decides, and holds the books against each other.
  --seed N    the same schedule again; one is drawn and printed unless given
  --orders N  at least so many (default 1000)
  --short     only what npm test does
The report is written below .holdfast/faults.`;

/** `npm run test:faults` */
export async function run() {
  const { seed, orders, extent } = readOptions(usage, () => {
    const options = {
      seed: { type: 'string' },
      orders: { type: 'string' },
      short: { type: 'boolean' },
    } as const;
    const { values } = parseArgs({ options });
    return {
      seed: numberOf('--seed', values.seed) ?? randomInt(1, 1_000_000),
      orders: numberOf('--orders', values.orders) ?? 1_000,
      extent: values.short ? ('short' as const) : ('whole' as const),
    };
  });
  await startAndEnd(async (started) => {
    const { progress, signal } = started;
    await begin({ dir, command: 'npm run test:faults', servers: serversOf(wanted) }, started);
    await build({ root: checkout, progress, signal });

    // Only now are there packages to import.
    const { testFaults } = await import('../../tests/faults/run/main.js');
    const findings = await testFaults({ seed, orders, extent, dir, progress, signal });
    for (const finding of findings) progress.say(`  ✗ ${finding}`);
    progress.say(
      findings.length === 0 ? `\n✓ nothing was found` : `\n✗ ${findings.length} findings, with seed ${seed}`,
    );
    if (findings.length > 0) process.exitCode = 1;
  });
  // Connections that hang on to a server which is gone must not keep us.
  process.exit();
}

function numberOf(name: string, text: string | undefined) {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} must be a number`);
  return Number(text);
}
