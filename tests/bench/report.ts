import { median, type Row } from './row.js';

export interface BenchReport {
  startedAt: Date;
  rounds: number;
  rows: Row[];
  more: string[];
}

/** Tables for people; ratios are of medians over the rounds, with the least and the most that two turns side by side had. */
export const toMarkdown = ({ startedAt, rounds, rows, more }: BenchReport): string =>
  [
    `# Benchmark of ${startedAt.toISOString()}`,
    `${rounds} rounds, what is measured and what it is measured beside in turns.`,
    table(['', 'unit', 'measured', 'beside', 'ratio', 'over the rounds', 'goal', 'met'], rows.map(cellsOf)),
    ...more,
    '',
  ].join('\n\n');

function cellsOf(row: Row): string[] {
  const { what, unit, ours, base, beside, goal } = row;
  const wanted = 'atLeast' in goal ? `at least ${show(goal.atLeast)}` : `at most ${show(goal.atMost)}`;
  const verdict = isMet(row) ? 'yes' : '**no**';
  if (base === undefined) return [what, unit, show(median(ours)), '', '', '', wanted, verdict];
  const [mine = '', theirs = '', ...ratio] = compared(ours, base);
  return [what, unit, mine, `${theirs}: ${beside ?? ''}`, ...ratio, `${wanted}x`, verdict];
}

export function isMet({ ours, base, goal }: Row): boolean {
  const value = base === undefined ? median(ours) : median(ours) / median(base);
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
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

export const largestFirst = (values: Record<string, number>): string[][] =>
  Object.entries(values)
    .sort(([, a], [, b]) => b - a)
    .map(([name, value]) => [name, show(value)]);

export const show = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
