import type { usedByOrder } from './counters.js';

export type Arm = 'orders' | 'no-ops';

/** One turn of an arm. */
export interface Sample {
  arm: Arm;
  answerMs: number[];
  perSecond: number;
  /** Of each process, an order or a Saga that does nothing. */
  cpuMs: Record<string, number>;
}

export interface BenchReport {
  startedAt: Date;
  rounds: number;
  /** At two orders a second, beyond what is used by nobody's orders. */
  anOrder: ReturnType<typeof usedByOrder>;
  historyEvents: number;
  samples: Sample[];
}

/** Tables for people; ratios are of medians over the rounds, with the least and the most that two turns side by side had. */
export function toMarkdown({ startedAt, rounds, anOrder, historyEvents, samples }: BenchReport): string {
  const of = (arm: Arm) => samples.filter((sample) => sample.arm === arm);
  const ratio = (read: (sample: Sample) => number, base: (sample: Sample) => number) =>
    compared(of('orders').map(read), of('no-ops').map(base));
  const temporal = ({ cpuMs }: Sample) => cpuMs['temporal'] ?? NaN;
  const ours = ({ cpuMs }: Sample) => total(cpuMs) - (cpuMs['temporal'] ?? 0) - (cpuMs['no-op worker'] ?? 0);
  const ownRatio = of('orders').map((sample) => ours(sample) / temporal(sample));
  const rows = [
    [
      'answered in, one at a time, p50 (ms)',
      ...ratio(
        ({ answerMs }) => median(answerMs),
        ({ answerMs }) => median(answerMs),
      ),
    ],
    [
      'a second, 16 at a time, to their end',
      ...ratio(
        ({ perSecond }) => perSecond,
        ({ perSecond }) => perSecond,
      ),
    ],
    ["Temporal's processor time, each (ms)", ...ratio(temporal, temporal)],
    [
      'all processor time, each (ms)',
      ...ratio(
        ({ cpuMs }) => total(cpuMs),
        ({ cpuMs }) => total(cpuMs),
      ),
    ],
  ];
  const cpu = Object.keys(samples[0]?.cpuMs ?? {}).map((name) => ({
    name,
    ms: median(of('orders').map(({ cpuMs }) => cpuMs[name] ?? 0)),
  }));
  return [
    `# Benchmark of ${startedAt.toISOString()}`,
    `${rounds} rounds, orders and Sagas that do nothing in turns.`,
    table(['', 'an order', 'a no-op Saga', 'ratio', 'over the rounds'], rows),
    `All processes but Temporal's server use ${show(median(ownRatio))} times its processor time.`,
    '## What an order takes',
    table(
      ['', 'an order'],
      [
        ['history events', String(historyEvents)],
        ['transactions', show(total(anOrder.transactions))],
        ['spans', show(anOrder.spans)],
        ['HTTP calls', show(anOrder.httpCalls)],
      ],
    ),
    '## Transactions by database',
    table(['', 'an order'], largestFirst(anOrder.transactions)),
    '## Processor time, 16 at a time',
    table(['', 'ms an order'], largestFirst(Object.fromEntries(cpu.map(({ name, ms }) => [name, ms])))),
    '',
  ].join('\n\n');
}

/** The medians of two arms, their ratio, and the least and the most that two turns side by side had. */
export function compared(ones: number[], others: number[]): string[] {
  const pairs = ones.map((one, index) => one / (others[index] ?? NaN));
  const [mine, theirs] = [median(ones), median(others)];
  return [
    show(mine),
    show(theirs),
    `${show(mine / theirs)}x`,
    `${show(Math.min(...pairs))} to ${show(Math.max(...pairs))}x`,
  ];
}

const largestFirst = (values: Record<string, number>): string[][] =>
  Object.entries(values)
    .sort(([, a], [, b]) => b - a)
    .map(([name, value]) => [name, show(value)]);

export const total = (values: Record<string, number>): number =>
  Object.values(values).reduce((sum, one) => sum + one, 0);

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export const show = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
