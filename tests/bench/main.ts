import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Progress } from '../../stack/support/terminal.js';
import { toMarkdown } from './report.js';
import { runBench } from './run-bench.js';

/** Measures, writes what was measured, and says it. */
export async function bench(run: {
  rounds: number;
  dir: string;
  progress: Progress;
  signal: AbortSignal;
}): Promise<void> {
  const { dir, progress } = run;
  // What the databases kept from another run would be measured with.
  for (const kept of ['data', 'config']) rmSync(path.join(dir, kept), { recursive: true, force: true });
  const report = await runBench(run);
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  const text = toMarkdown(report);
  writeFileSync(path.join(dir, 'report.md'), text);
  progress.say(`\n${text}`);
}
