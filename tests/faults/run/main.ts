import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Progress } from '../../../stack/support/terminal.js';
import { toMarkdown } from './report.js';
import { runFaults } from './run-faults.js';
import type { Extent } from './schedule.js';

export interface FaultsRun {
  seed: number;
  orders: number;
  extent: Extent;
  dir: string;
  progress: Progress;
  signal: AbortSignal;
}

/** Runs the faults, writes the report and says where it is. Returns what was found. */
export async function testFaults({ dir, ...run }: FaultsRun): Promise<string[]> {
  const { seed, progress } = run;
  // What Kafka, Temporal and the databases kept from another run would be told of again.
  for (const kept of ['data', 'config', 'crash-points']) rmSync(path.join(dir, kept), { recursive: true, force: true });
  progress.say(`  seed ${seed}`);
  const report = await runFaults({ dir, ...run });
  const file = path.join(dir, `report-${seed}.md`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(file, toMarkdown(report));
  writeFileSync(path.join(dir, `report-${seed}.json`), `${JSON.stringify(report, null, 2)}\n`);
  progress.say(`  report: ${path.relative(process.cwd(), file)}`);
  return report.findings;
}
