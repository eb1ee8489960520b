import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toMarkdown } from './report.js';
import { runBench, type BenchSettings } from './run-bench.js';
import { benchTraces } from './traces.js';

/** Measures, writes what was measured, and says it. */
export async function bench({ traces, ...run }: BenchSettings & { traces: boolean }): Promise<void> {
  const { dir, progress } = run;
  // What the databases kept from another run would be measured with.
  for (const kept of ['data', 'config', 'with-traces', 'without-traces'])
    rmSync(path.join(dir, kept), { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const write = (file: string, text: string) => writeFileSync(path.join(dir, file), text);
  if (traces) {
    const text = await benchTraces(run);
    write('traces.md', text);
    progress.say(`\n${text}`);
    return;
  }
  const report = await runBench(run);
  write('report.json', `${JSON.stringify(report, null, 2)}\n`);
  const text = toMarkdown(report);
  write('report.md', text);
  progress.say(`\n${text}`);
}
