import type { Chosen } from './choose.js';
import type { Verdict } from './verdict.js';

export interface Result extends Chosen {
  /** bad: it can't be tried as it is written. */
  verdict: Verdict | { kind: 'bad'; because: string };
  ms: number;
}

export function saidOf(verdict: Result['verdict']): string {
  if (verdict.kind === 'green') return 'its test stays green without it';
  return `${verdict.kind === 'bad' ? 'bad guard' : verdict.kind}: ${verdict.because}`;
}

/** A table by section, and each guard whose test did not go red. */
export function summaryOf(results: readonly Result[], tookMs: number): string {
  const isRed = ({ verdict }: Result) => verdict.kind === 'red';
  const row = (name: string, guards: string | number, red: string | number, seconds: string | number) =>
    `${name.padEnd(10)} ${String(guards).padStart(6)} ${String(red).padStart(5)} ${String(seconds).padStart(6)}`;
  const sections = [...new Set(results.map(({ section }) => section))].map((section) => {
    const ours = results.filter((result) => result.section === section);
    const ms = ours.reduce((sum, result) => sum + result.ms, 0);
    return row(section, ours.length, ours.filter(isRed).length, Math.round(ms / 1000));
  });
  const failed = results.filter((result) => !isRed(result));
  return [
    '',
    row('section', 'guards', 'red', 's'),
    ...sections,
    '',
    `${results.length - failed.length} of ${results.length} guards: the test goes red without it (${(tookMs / 60_000).toFixed(1)} min)`,
    ...failed.map(
      ({ section, guard, verdict }) =>
        `✗ ${section}: ${guard.promise}\n    ${guard.test.file}: ${guard.test.name}\n    ${saidOf(verdict)}`,
    ),
  ].join('\n');
}
