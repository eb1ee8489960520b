import { setTimeout as pause } from 'node:timers/promises';
import type { Progress } from '../../stack/support/terminal.js';
import { inParallel } from '../../platform/in-parallel.js';
import { startLoad } from '../support/load.js';
import { waitFor } from '../support/wait-for.js';
import { usedByOrder } from './counters.js';
import type { Arm, BenchReport, Sample } from './report.js';
import { bootBench, type Bench } from './world.js';

export interface BenchSettings {
  /** Of each arm. */
  rounds: number;
  dir: string;
  progress: Progress;
  signal: AbortSignal;
}

/** Callers at once where it is measured how many orders a second there are. */
const AT_ONCE = 16;
const ORDERS_A_ROUND = 64;
const NO_OPS_A_ROUND = 192;
/** One after another, where it is measured how long one takes. */
const ANSWERS_A_ROUND = 20;
const COUNTED_ORDERS = 30;
const IDLE_MS = 20_000;

/** Measures the platform against Sagas that do nothing on the same Temporal server, in turns: A B B A. */
export async function runBench({ rounds, dir, progress, signal }: BenchSettings): Promise<BenchReport> {
  const startedAt = new Date();
  const bench = await bootBench({ dir, progress, signal });
  try {
    const step = <T>(title: string, work: () => Promise<T>) => {
      const shown = progress.step(title);
      return work().finally(() => shown.done());
    };
    await step('warm up', async () => {
      for (const arm of ['orders', 'no-ops'] as const) await saturate(bench, arm);
    });
    const { anOrder, historyEvents } = await step('what one order takes', () => countAnOrder(bench));
    const samples: Sample[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // A B B A: what drifts over the run is in both alike.
      const arms: Arm[] = round % 2 === 0 ? ['orders', 'no-ops'] : ['no-ops', 'orders'];
      for (const arm of arms) {
        await step(`round ${round + 1} of ${rounds}: ${arm}`, async () => {
          samples.push({ arm, ...(await answers(bench, arm)), ...(await saturate(bench, arm)) });
        });
      }
    }
    return { startedAt, rounds, anOrder, historyEvents, samples };
  } finally {
    await bench.stop();
  }
}

async function untilAllOver(bench: Bench): Promise<void> {
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
  return { anOrder: usedByOrder(before, after, idle, sent.length), historyEvents: Math.max(...lengths) };
}

/** Milliseconds from the request to its answer, one request at a time. */
async function answers(bench: Bench, arm: Arm): Promise<{ answerMs: number[] }> {
  const answerMs: number[] = [];
  for (let count = 0; count < ANSWERS_A_ROUND; count += 1) {
    const sentAt = performance.now();
    await (arm === 'orders' ? bench.placeOrder() : bench.runNoOp(false));
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
    await (arm === 'orders' ? bench.placeOrder() : bench.runNoOp(true));
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
