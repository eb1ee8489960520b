import type { Progress } from '../../stack/support/terminal.js';
import { benchAnOrder } from './an-order.js';
import { benchContention } from './contention.js';
import { benchCrowd } from './crowd.js';
import { benchOverload } from './overload.js';
import { benchReads } from './reads.js';
import type { BenchReport } from './report.js';
import type { Measured, PartSettings } from './row.js';
import { bootBench } from './world.js';

export interface BenchSettings {
  /** Turns of each way to do a thing. */
  rounds: number;
  /** Parts by their names; none: all. */
  only: readonly string[];
  dir: string;
  progress: Progress;
  signal: AbortSignal;
}

/** The quietest first: what is counted is counted before there is much in the databases. */
const PARTS: Record<string, (settings: PartSettings) => Promise<Measured>> = {
  order: benchAnOrder,
  crowd: benchCrowd,
  overload: benchOverload,
  contention: benchContention,
  reads: benchReads,
};

/** Measures the platform against what could be done at the least, in turns: A B B A. Throws where there is no such part. */
export async function runBench({ rounds, only, dir, progress, signal }: BenchSettings): Promise<BenchReport> {
  const unknown = only.find((name) => !(name in PARTS));
  if (unknown !== undefined) throw new Error(`no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
  const startedAt = new Date();
  const bench = await bootBench({ dir, progress, signal });
  try {
    const report: BenchReport = { startedAt, rounds, rows: [], more: [] };
    for (const [name, measure] of Object.entries(PARTS)) {
      if (only.length > 0 && !only.includes(name)) continue;
      signal.throwIfAborted();
      const step = <T>(title: string, work: () => Promise<T>) => {
        const shown = progress.step(`${name}: ${title}`);
        return work().finally(() => shown.done());
      };
      const { rows, more = [] } = await measure({ bench, rounds, step });
      report.rows.push(...rows);
      report.more.push(...more);
    }
    return report;
  } finally {
    await bench.stop();
  }
}
