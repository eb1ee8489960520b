import { byWorker, maxAndMedian, type Recovery } from './recoveries.js';
import { paymentCaptureOf, type Extent } from './schedule.js';

/** Durations in milliseconds. */
export interface RoundReport {
  faults: { name: string; awayMs: number; startMs: number }[];
  /** From the last fault's end until every order placed before it was final; undefined: not in time. */
  finalAfterMs: number | undefined;
  recoveries: Recovery[];
  /** Processes that ended though nobody had killed them. */
  diedByThemselves: string[];
  findings: string[];
}

export interface Report {
  seed: number;
  extent: Extent;
  startedAt: Date;
  /** While there were faults. */
  seconds: number;
  rounds: RoundReport[];
  /** The dependency that was kept down. */
  kept: { name: string; finalAfterMs: number } | undefined | void;
  /** By kind, by end. */
  orders: Record<string, Record<string, number>>;
  mails: number;
  /** Given up because their sender died with them on their way: nobody knows whether they were sent. */
  lostMails: number;
  findings: string[];
}

const inSeconds = (ms: number): string => (ms / 1000).toFixed(1);

export function toMarkdown(report: Report): string {
  const { seed, extent, startedAt, rounds, kept, orders, mails, lostMails, findings } = report;
  const placed = Object.values(orders).flatMap((ends) => Object.values(ends));
  const recoveries = rounds.flatMap((round) => round.recoveries);
  const finals = maxAndMedian(rounds.flatMap(({ finalAfterMs }) => finalAfterMs ?? []));
  return [
    `# Faults, seed ${seed}`,
    '',
    `${startedAt.toISOString()}, ${extent === 'whole' ? 'every fault once' : 'the short part'}, paid ${paymentCaptureOf(seed)}: \`npm run test:faults -- --seed ${seed}\``,
    '',
    findings.length === 0 ? '**Nothing was found.**' : `**${findings.length} findings:**`,
    ...findings.map((finding) => `- ${finding}`),
    '',
    `- ${placed.reduce((sum, count) => sum + count, 0)} orders, ${mails} e-mails, of which ${lostMails} may be missing: their sender died with them on their way`,
    `- every order final after a fault's end: at most ${inSeconds(finals.max)} s, median ${inSeconds(finals.p50)} s`,
    ...(kept ? [`- ${kept.name}: final ${inSeconds(kept.finalAfterMs)} s after that`] : []),
    '',
    '## A killed worker is back: its orders go on',
    '',
    'Orders that waited for a worker when it was killed, from its being ready again to the next step of each.',
    '',
    ...rows(
      ['worker', 'orders', 'median s', 'max s'],
      [...byWorker(recoveries)].map(([worker, { orders: count, p50, max }]) => [
        worker,
        `${count}`,
        inSeconds(p50),
        inSeconds(max),
      ]),
    ),
    '',
    '## Orders',
    '',
    ...rows(
      ['kind', 'end', 'orders'],
      Object.entries(orders).flatMap(([kind, ends]) =>
        Object.entries(ends).map(([end, count]) => [kind, end, `${count}`]),
      ),
    ),
    '',
    '## Schedule',
    '',
    'How long it was away, how much of that its start took, and how long after its end every order was final, in seconds.',
    '',
    ...rows(
      ['', 'fault', 'away', 'start', 'all final', 'went on'],
      rounds.flatMap(({ faults, finalAfterMs, recoveries: ofRound, diedByThemselves }, index) => [
        ...faults.map(({ name, awayMs, startMs }, row) => [
          row === 0 ? `${index + 1}` : '',
          name,
          inSeconds(awayMs),
          inSeconds(startMs),
          row === 0 ? (finalAfterMs === undefined ? 'no' : inSeconds(finalAfterMs)) : '',
          lastOf(ofRound.filter(({ fault }) => fault === name)),
        ]),
        ...diedByThemselves.map((name) => ['', `${name} ended by itself`, '', '', '', '']),
      ]),
    ),
    '',
  ].join('\n');
}

function lastOf(recoveries: Recovery[]): string {
  return recoveries.length === 0 ? '' : inSeconds(maxAndMedian(recoveries.map(({ afterMs }) => afterMs)).max);
}

function rows(head: string[], body: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)];
}
