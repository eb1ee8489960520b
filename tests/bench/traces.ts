import path from 'node:path';
import { saturate } from './an-order.js';
import { compared, show, table } from './report.js';
import { median, total } from './row.js';
import type { BenchSettings } from './run-bench.js';
import { bootBench, type Bench } from './world.js';

/** As often as the Prometheus of the stack asks. */
const SCRAPED_EVERY_MS = 5_000;

/**
 * What traces cost, and metrics that are asked for, in processor time an order: two platforms side by side, of which one
 * makes no traces and is asked for nothing, in turns.
 */
export async function benchTraces({ rounds, dir, progress, signal }: BenchSettings): Promise<string> {
  const benches: Bench[] = [];
  try {
    for (const [folder, traces] of [
      ['with', true],
      ['without', false],
    ] as const) {
      benches.push(await bootBench({ dir: path.join(dir, `${folder}-traces`), traces, progress, signal }));
    }
    const cpu: Record<string, number>[][] = benches.map(() => []);
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const shown = progress.step(round === 0 ? 'warm up' : `round ${round} of ${rounds}`);
      // A B B A: what drifts over the run is in both alike.
      const turn = benches.map((bench, index) => ({ bench, of: cpu[index] }));
      for (const { bench, of } of round % 2 === 0 ? turn : turn.toReversed()) {
        const scraping = bench === benches[0] && setInterval(() => void bench.readMetrics(), SCRAPED_EVERY_MS);
        const { cpuMs } = await saturate(bench, 'orders');
        if (scraping) clearInterval(scraping);
        if (round > 0) of?.push(cpuMs);
      }
      shown.done();
    }
    return toMarkdown(cpu);
  } finally {
    for (const bench of benches.reverse()) await bench.stop();
  }
}

function toMarkdown([withTraces = [], without = []]: Record<string, number>[][]): string {
  const row = (title: string, read: (cpuMs: Record<string, number>) => number): string[] => [
    title,
    ...compared(withTraces.map(read), without.map(read)),
  ];
  const ofOthers = (cpuMs: Record<string, number>) => (cpuMs['zipkin'] ?? 0) + (cpuMs['no-op worker'] ?? 0);
  return [
    '# What traces and metrics cost',
    `${withTraces.length} rounds, with traces and with metrics asked for, and without, in turns; processor time an order, in ms.`,
    table(
      ['', 'with', 'without', 'ratio', 'over the rounds'],
      [
        row('all processes but Zipkin', (cpuMs) => total(cpuMs) - ofOthers(cpuMs)),
        row('Temporal', (cpuMs) => cpuMs['temporal'] ?? NaN),
        row('the order worker', (cpuMs) => cpuMs['order-worker'] ?? NaN),
      ],
    ),
    `Zipkin itself takes ${show(median(withTraces.map((cpuMs) => cpuMs['zipkin'] ?? NaN)))} ms an order.`,
    '',
  ].join('\n\n');
}
