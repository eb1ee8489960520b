import type { Progress } from '../../../stack/support/terminal.js';
import {
  allAreTold,
  differencesInMails,
  differencesInRefunds,
  differencesInStock,
  neededNobody,
  reconcile,
  wrongEnds,
} from './books.js';
import { openCustomers, type Customers } from './customers.js';
import { perform, type Performed } from './perform.js';
import { keepProviderDown, type ProviderDown } from './provider-down.js';
import { byWorker, maxAndMedian, recoveriesAfter, type Recovery } from './recoveries.js';
import type { Report, RoundReport } from './report.js';
import { makeSchedule, nameOf, paymentCaptureOf, WORKERS_OF_THE_SAGA, type Extent, type Round } from './schedule.js';
import { openSession } from './session.js';
import { differencesInWebhooks } from './webhooks.js';
import { bootWorld, type World } from './world.js';
import { errorMessage } from '../../../platform/error-message.js';

export interface FaultsSettings {
  seed: number;
  /** At least so many. */
  orders: number;
  extent: Extent;
  /** Everything is kept below it, and what an earlier run has kept is gone. */
  dir: string;
  progress: Progress;
  signal: AbortSignal;
}

/** The promise: each order placed before a fault's end is final by then, on a machine that is busy with other things too. */
const FINAL_WITHIN_MS = 60_000;

/** And after half of the faults by then. */
const USUALLY_FINAL_WITHIN_MS = 15_000;

/** After a killed worker is back. */
const GOES_ON_WITHIN_MS = 5_000;

/** After its consumer was killed, its group waits 15 s, and a mail that was on its way for its lease of a minute. */
const TOLD_WITHIN_MS = 120_000;

/**
 * What a machine of two cores bears beside the faults, and without them. A slower one has fewer under way: the times
 * below are to tell how the platform recovers, not how fast the machine is.
 */
const PACE = { everyMs: 350, atMost: 16 };
const PACE_WITHOUT_FAULTS = { everyMs: 120, atMost: 24 };

/** In a short run nothing is kept down for so long that it asks for an operator. */
const ATTENTION_AFTER_MS = 60_000;

/** Places orders while it brings about the faults of the seed's schedule, and reports what became of them. */
export async function runFaults({ seed, orders, extent, dir, progress, signal }: FaultsSettings): Promise<Report> {
  const startedAt = new Date();
  const schedule = makeSchedule(seed, extent);
  const world = await bootWorld({
    ...{ dir, attentionAfterMs: ATTENTION_AFTER_MS, paymentCapture: paymentCaptureOf(seed), progress, signal },
  });
  const session = await openSession(world);
  try {
    const customers = await openCustomers(world, session.shop, seed);
    const faultsBegan = Date.now();
    let faultsAreOver = false;
    const placing = customers.keepPlacing(PACE, () => faultsAreOver);
    placing.catch(() => undefined);
    const waiting =
      extent === 'whole' ? await keepProviderDown(world, session.shop, customers, ATTENTION_AFTER_MS) : undefined;
    await untilWarm(world);
    const rounds: RoundReport[] = [];
    for (const [index, round] of schedule.entries()) {
      const step = progress.step(`fault ${index + 1} of ${schedule.length}`);
      step.detail(round.map(nameOf).join('; '));
      const report = await playRound(world, customers, round, waiting);
      rounds.push(report);
      if (report.findings.length === 0) step.done(describe(report));
      else step.failed(report.findings.join('; '));
    }
    const findings: string[] = [];
    const kept = await waiting?.finish().catch((error: unknown) => void findings.push(errorMessage(error)));
    faultsAreOver = true;
    await placing;
    const seconds = (Date.now() - faultsBegan) / 1000;

    const ending = progress.step('the rest of the orders, and the books');
    await customers.keepPlacing(PACE_WITHOUT_FAULTS, () => customers.begun >= orders);
    await customers.allAnswered();
    findings.push(...(await atTheEnd(world, customers)), ...(await neededNobody(world, waiting?.orderIds ?? [])));
    const mails = await allAreTold(world, TOLD_WITHIN_MS)
      .catch((error: unknown) => void findings.push(errorMessage(error)))
      .then(() => differencesInMails(world));
    findings.push(...mails.findings, ...customers.findings, ...(extent === 'whole' ? tooSlow(rounds) : []));
    ending.done();
    return {
      seed,
      extent,
      startedAt,
      seconds,
      rounds,
      kept,
      orders: await endsByKind(world, customers),
      mails: mails.mails,
      lostMails: mails.lost,
      findings: [...rounds.flatMap((round) => round.findings), ...findings],
    };
  } finally {
    session.close();
    await world.stop();
  }
}

async function playRound(
  world: World,
  customers: Customers,
  round: Round,
  waiting: ProviderDown | undefined,
): Promise<RoundReport> {
  const findings: string[] = [];
  const performed: Performed[] = [];
  const beganAt = Date.now();
  await Promise.all(
    round.map(async (fault) => {
      try {
        performed.push(await perform({ world, customers }, fault));
      } catch (error) {
        world.signal.throwIfAborted();
        findings.push(`${nameOf(fault)}: ${errorMessage(error)}`);
      }
    }),
  );
  const endedAt = Date.now();
  const recoveries: Recovery[] = [];
  let finalAfterMs: number | undefined;
  try {
    await untilFinal(world, endedAt, waiting?.orderIds ?? []);
    finalAfterMs = Date.now() - endedAt;
    for (const one of performed) recoveries.push(...(await recoveriesAfter(world, one)));
    findings.push(...(await wrongEnds(world, customers)), ...(await reconcile(world, beganAt)));
  } catch (error) {
    world.signal.throwIfAborted();
    findings.push(errorMessage(error));
  }
  // As whoever runs the processes would; that nobody killed it is worth knowing.
  const gone = world.missing();
  await Promise.all(
    gone.map(async (name) => {
      try {
        await world.process(name).start(world.signal);
      } catch (error) {
        world.signal.throwIfAborted();
        findings.push(`${name} can not be started again: ${errorMessage(error)}`);
      }
    }),
  );
  return {
    faults: performed.map(({ name, struckAt, restartedAt, endedAt: ended }) => ({
      name,
      awayMs: ended - struckAt,
      startMs: ended - restartedAt,
    })),
    finalAfterMs,
    recoveries,
    diedByThemselves: gone,
    findings,
  };
}

/** A process's first order takes a multiple of the next ones; what is measured is to be the fault's. */
async function untilWarm(world: World): Promise<void> {
  await world.until(
    'the first orders to be final',
    async () => {
      const [row] = await world.query<{ count: number }>(
        'ORDER',
        `SELECT count(*)::integer AS count FROM orders WHERE status IN ('COMPLETED', 'CANCELLED')`,
      );
      return (row?.count ?? 0) >= 8;
    },
    120_000,
  );
}

async function untilFinal(world: World, placedBefore: number, except: string[]): Promise<void> {
  await world.until(
    'every order to be final',
    async () => {
      const left = await world.query<{ id: string; status: string; step: string | null }>(
        'ORDER',
        `SELECT id, status, attention_step AS step FROM orders
         WHERE created_at <= $1 AND status NOT IN ('COMPLETED', 'CANCELLED') AND id <> ALL ($2)`,
        [new Date(placedBefore), except],
      );
      if (left.length === 0) return true;
      throw new Error(
        left.map(({ id, status, step }) => `${id} ${status}${step === null ? '' : ` waits at ${step}`}`).join(', '),
      );
    },
    FINAL_WITHIN_MS,
  );
}

async function atTheEnd(world: World, customers: Customers): Promise<string[]> {
  try {
    await untilFinal(world, Date.now(), []);
    return [
      ...(await wrongEnds(world, customers)),
      ...(await differencesInStock(world, customers)),
      ...(await differencesInRefunds(world, customers)),
      ...(await differencesInWebhooks(world, customers.placed)),
      ...(await reconcile(world)),
    ];
  } catch (error) {
    world.signal.throwIfAborted();
    return [errorMessage(error)];
  }
}

async function endsByKind(world: World, { placed }: Customers): Promise<Report['orders']> {
  const rows = await world.query<{ id: string; end: string }>(
    'ORDER',
    `SELECT id, CASE status WHEN 'CANCELLED' THEN cancel_reason ELSE status END AS end FROM orders`,
  );
  const ends = new Map(rows.map(({ id, end }) => [id, end]));
  const counts: Report['orders'] = {};
  for (const { id, kind } of placed) {
    const end = ends.get(id) ?? 'not there';
    const ofKind = (counts[kind] ??= {});
    ofKind[end] = (ofKind[end] ?? 0) + 1;
  }
  return counts;
}

/**
 * By medians: the last of many orders may have had to wait for the processor. In the short part there are too few of
 * them: it shows the times and holds nothing against them.
 */
function tooSlow(rounds: RoundReport[]): string[] {
  const recoveries = byWorker(rounds.flatMap((round) => round.recoveries));
  const unseen = WORKERS_OF_THE_SAGA.filter((worker) => !recoveries.has(worker));
  const usually = maxAndMedian(rounds.flatMap(({ finalAfterMs }) => finalAfterMs ?? [])).p50;
  return [
    ...(usually > USUALLY_FINAL_WITHIN_MS
      ? [`after half of the faults orders were final only after ${usually / 1000} s or more`]
      : []),
    ...unseen.map((worker) => `${worker}: no order is known to have waited for its return`),
    ...[...recoveries]
      .filter(([, { p50 }]) => p50 > GOES_ON_WITHIN_MS)
      .map(
        ([worker, { p50 }]) => `${worker} was back, and half of its orders went on only after ${p50 / 1000} s or more`,
      ),
  ];
}

function describe({ faults, finalAfterMs, recoveries }: RoundReport): string {
  const names = faults.map(({ name }) => name).join('; ');
  const latest = Math.max(0, ...recoveries.map(({ afterMs }) => afterMs));
  const resumed = recoveries.length === 0 ? '' : `, orders went on within ${(latest / 1000).toFixed(1)} s`;
  return `${names}${resumed}, all final after ${((finalAfterMs ?? 0) / 1000).toFixed(1)} s`;
}
