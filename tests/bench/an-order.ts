import { setTimeout as pause } from 'node:timers/promises';
import { inParallel } from '../../platform/in-parallel.js';
import { startLoad } from '../support/load.js';
import { waitFor } from '../support/wait-for.js';
import { usedByOrder, type Counts } from './counters.js';
import { largestFirst, show, table } from './report.js';
import { inTurns, median, total, type Measured, type PartSettings, type Row } from './row.js';
import type { Bench } from './world.js';

type Arm = 'orders' | 'no-ops';

/** One turn of an arm. */
interface Sample {
  answerMs: number[];
  perSecond: number;
  /** Of each process, an order or a Saga that does nothing. */
  cpuMs: Record<string, number>;
}

/** Callers at once where it is measured how many orders a second there are. */
export const AT_ONCE = 16;
const ORDERS_A_ROUND = 64;
const NO_OPS_A_ROUND = 192;
/** One after another, where it is measured how long one takes. */
const ANSWERS_A_ROUND = 20;
const COUNTED_ORDERS = 30;
const IDLE_MS = 20_000;

/** What an order takes, against a Saga that does nothing on the same Temporal server; and what the platform takes without any. */
export async function benchAnOrder({ bench, rounds, step }: PartSettings): Promise<Measured> {
  await step('warm up', async () => {
    for (const arm of ['orders', 'no-ops'] as const) await saturate(bench, arm);
  });
  const { anOrder, historyEvents, idle } = await step('what one order takes', () => countAnOrder(bench));
  const turn = (arm: Arm) => () =>
    step(arm, async (): Promise<Sample> => ({ ...(await answers(bench, arm)), ...(await saturate(bench, arm)) }));
  const samples = await inTurns(rounds, turn('orders'), turn('no-ops'));
  const beside = 'a Saga that does nothing';
  const row = (what: string, unit: string, goal: Row['goal'], read: (sample: Sample) => number): Row => ({
    ...{ what, unit, goal, beside, ours: samples.ours.map(read), base: samples.base.map(read) },
  });
  const temporal = ({ cpuMs }: Sample) => cpuMs['temporal'] ?? NaN;
  const idlePercent = percentOfACore(idle);
  return {
    rows: [
      row('POST /orders answered, one at a time, p50', 'ms', { atMost: 1.6 }, ({ answerMs }) => median(answerMs)),
      row('orders, 16 at a time, to their end', 'a second', { atLeast: 0.6 }, ({ perSecond }) => perSecond),
      row("Temporal's processor time, each", 'ms', { atMost: 1.15 }, temporal),
      {
        ...{
          what: "processor time of all but Temporal's, each",
          beside: "Temporal's",
          unit: 'ms',
          goal: { atMost: 1.5 },
        },
        ours: samples.ours.map((sample) => total(sample.cpuMs) - temporal(sample)),
        base: samples.ours.map(temporal),
      },
      {
        ...{ what: 'all processes without any order', unit: '% of a core', goal: { atMost: 4 } },
        ours: [total(idlePercent)],
      },
    ],
    more: [
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
      table(['', 'ms an order'], largestFirst(mediansOf(samples.ours.map(({ cpuMs }) => cpuMs)))),
      '## Processor time without any order',
      table(['', '% of a core'], largestFirst(idlePercent)),
    ],
  };
}

const mediansOf = (samples: Record<string, number>[]): Record<string, number> =>
  Object.fromEntries(
    Object.keys(samples[0] ?? {}).map((name) => [name, median(samples.map((sample) => sample[name] ?? 0))]),
  );

function percentOfACore({ before, after }: { before: Counts; after: Counts }): Record<string, number> {
  const percent = ([name, ms]: [string, number]) =>
    [name, (100 * (ms - (before.cpuMs[name] ?? 0))) / (after.atMs - before.atMs)] as const;
  return Object.fromEntries(Object.entries(after.cpuMs).map(percent));
}

export async function untilAllOver(bench: Bench): Promise<void> {
  await waitFor('all orders to be over', async () => (await bench.openOrders()) === 0, { timeoutMs: 120_000 });
}

async function countAnOrder(bench: Bench) {
  const idle = { before: await bench.count(), after: await pause(IDLE_MS).then(() => bench.count()) };
  const before = idle.after;
  const load = startLoad({ everyMs: 500, atMost: AT_ONCE }, () => bench.placeOrder());
  await waitFor('all to be placed', () => load.sent.length >= COUNTED_ORDERS, { timeoutMs: 120_000 });
  const sent = await load.stop();
  const failed = sent.find(({ error }) => error !== undefined);
  if (failed) throw failed.error;
  await untilAllOver(bench);
  const after = await bench.count();
  const ids = sent.flatMap(({ answer }) => answer ?? []);
  const lengths = await inParallel(ids, 4, (id) => bench.historyLength(id));
  return { anOrder: usedByOrder(before, after, idle, sent.length), historyEvents: Math.max(...lengths), idle };
}

/** Milliseconds from the request to its answer, one request at a time. Of the Saga that does nothing, which does it once then. */
async function answers(bench: Bench, arm: Arm): Promise<{ answerMs: number[] }> {
  const answerMs: number[] = [];
  for (let count = 0; count < ANSWERS_A_ROUND; count += 1) {
    const sentAt = performance.now();
    await (arm === 'orders' ? bench.placeOrder() : bench.runNoOp({ steps: 1 }));
    answerMs.push(performance.now() - sentAt);
  }
  await untilAllOver(bench);
  return { answerMs };
}

/** As many at once as there are callers, until all are over. */
export async function saturate(bench: Bench, arm: Arm): Promise<{ perSecond: number; cpuMs: Record<string, number> }> {
  const wanted = arm === 'orders' ? ORDERS_A_ROUND : NO_OPS_A_ROUND;
  const [cpuBefore, beganAt] = [bench.cpu(), performance.now()];
  await inParallel(Array.from({ length: wanted }), AT_ONCE, async () => {
    bench.signal.throwIfAborted();
    await (arm === 'orders' ? bench.placeOrder() : bench.runNoOp({ steps: 4, whole: true }));
  });
  await untilAllOver(bench);
  const seconds = (performance.now() - beganAt) / 1000;
  // The mails of the last orders are theirs too.
  if (arm === 'orders') await pause(2_000);
  const cpuAfter = bench.cpu();
  const cpuMs = Object.fromEntries(
    Object.entries(cpuAfter).map(([name, ms]) => [name, (ms - (cpuBefore[name] ?? 0)) / wanted]),
  );
  return { perSecond: wanted / seconds, cpuMs };
}
