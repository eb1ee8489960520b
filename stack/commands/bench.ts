import path from 'node:path';
import { parseArgs } from 'node:util';
import { begin, serversOf, type ServerName } from '../servers/all.js';
import { build } from '../support/build.js';
import { checkout, keepsake } from '../support/paths.js';
import { startAndEnd } from '../support/start-and-end.js';
import { readOptions } from '../support/terminal.js';

const wanted: ServerName[] = ['postgres', 'redis', 'kafka', 'temporal', 'zipkin', 'maildev'];

const dir = path.join(keepsake, 'bench');

const usage = `npm run bench -- [--quick] [--only order,crowd] [--traces]

Brings up everything on its own and measures what an order takes: transactions, spans, calls, processor time by process; and how it
compares with a Saga that does nothing, on the same Temporal server, in turns; buyers of the last unit, twice the load that it can take,
contention for one product, reads of many orders. For a machine that does nothing else.
  --quick   two rounds instead of five
  --only    some of its parts: order, crowd, overload, contention, reads
  --traces  instead, what traces and metrics cost: two platforms side by side, of which one makes no traces and is asked
            for no metrics
The report is written below .holdfast/bench.`;

/** `npm run bench` */
export async function run() {
  const { values } = readOptions(usage, () =>
    parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' }, traces: { type: 'boolean' } } }),
  );
  await startAndEnd(async (started) => {
    const { progress, signal } = started;
    await begin({ dir, command: 'npm run bench', servers: serversOf(wanted) }, started);
    await build({ root: checkout, progress, signal });

    // Only now are there packages to import.
    const { bench } = await import('../../tests/bench/main.js');
    const only = values.only?.split(',') ?? [];
    await bench({ rounds: values.quick ? 2 : 5, only, traces: values.traces ?? false, dir, progress, signal });
  });
  // Connections that hang on to a server which is gone must not keep us.
  process.exit();
}
