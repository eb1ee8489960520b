import { setTimeout as pause } from 'node:timers/promises';
import type { Order } from '../../contracts/http/orders.js';
import { inParallel } from '../../platform/in-parallel.js';
import { startLoad } from '../support/load.js';
import { orderOf } from '../support/shop.js';
import { saturate, untilAllOver } from './an-order.js';
import { table } from './report.js';
import { inTurns, type Measured, type PartSettings } from './row.js';
import type { Bench } from './world.js';

const OVERLOAD_MS = 6_000;

interface Overloaded {
  perSecond: number;
  /** Of each that was sent; `none`: without any answer. */
  statuses: string[];
  /** Refused without a word of when to come again, or not answered. */
  unadvised: number;
  /** Accepted, and not completed though everything was there. */
  lost: number;
}

/** Orders that come twice as fast as they can be completed: how many still are, what the others are told, and whether any is lost. */
export async function benchOverload({ bench, rounds, step }: PartSettings): Promise<Measured> {
  const { perSecond: peak } = await step('the load that saturates', () => saturate(bench, 'orders'));
  const overloads: Overloaded[] = [];
  const { ours, base } = await inTurns(
    rounds,
    () =>
      step('twice as much', async () => {
        const turn = await overload(bench, 2 * peak);
        overloads.push(turn);
        return turn.perSecond;
      }),
    () => step('the load that saturates', async () => (await saturate(bench, 'orders')).perSecond),
  );
  const answers: Record<string, number> = {};
  for (const status of overloads.flatMap(({ statuses }) => statuses)) answers[status] = (answers[status] ?? 0) + 1;
  const what = 'at twice the load that saturates';
  return {
    rows: [
      {
        ...{ what: `orders completed ${what}`, beside: 'at that load', unit: 'a second', goal: { atLeast: 0.9 } },
        ...{ ours, base },
      },
      {
        ...{ what: `refused without Retry-After, or not answered, ${what}`, unit: 'orders', goal: { atMost: 0 } },
        ours: [Math.max(...overloads.map(({ unadvised }) => unadvised))],
      },
      {
        ...{ what: `accepted and not completed, ${what}`, unit: 'orders', goal: { atMost: 0 } },
        ours: [Math.max(...overloads.map(({ lost }) => lost))],
      },
    ],
    more: [
      `## Answers ${what}`,
      table(
        ['status', 'orders'],
        Object.entries(answers).map(([status, count]) => [status, String(count)]),
      ),
    ],
  };
}

async function overload(bench: Bench, perSecond: number): Promise<Overloaded> {
  const beganAt = performance.now();
  const load = startLoad({ everyMs: 1000 / perSecond, atMost: Infinity }, () => bench.tryOrder());
  await pause(OVERLOAD_MS, undefined, { signal: bench.signal });
  const sent = await load.stop();
  await untilAllOver(bench);
  const seconds = (performance.now() - beganAt) / 1000;
  const accepted = sent.flatMap(({ answer }) => (answer && isAccepted(answer.status) ? [answer.body] : []));
  const ends = await inParallel(accepted, 4, ({ id }: Order) => orderOf(bench.shop.alice, id));
  const completed = ends.filter(({ status }) => status === 'COMPLETED').length;
  const statuses = sent.map(({ answer }) => (answer ? String(answer.status) : 'none'));
  const unadvised = sent.filter(
    ({ answer }) => !answer || (!isAccepted(answer.status) && !answer.headers.has('retry-after')),
  );
  return { perSecond: completed / seconds, statuses, unadvised: unadvised.length, lost: accepted.length - completed };
}

const isAccepted = (status: number): boolean => status === 201 || status === 202;
