import { setTimeout as pause } from 'node:timers/promises';
import { ORDER_SAGA } from '../../contracts/order-saga.js';
import {
  endRamp,
  givePart,
  viewDeployment,
  type Where,
  giveAll,
  statusesOfBuilds,
  ordersOfBuild,
} from './deployment-view.js';

export interface CanaryOptions {
  /** The newest, unless said. */
  buildId?: string | undefined;
  percentage: number;
  /** How long its orders are looked at, at least. */
  forMs: number;
  /** Fewer show nothing, so they are waited for, */
  orders: number;
  /** but no longer than this. */
  atMostMs: number;
  everyMs: number;
  /** Ends the looking, and takes the build back. */
  signal?: AbortSignal;
  say: (text: string) => void;
}

/** The build did not stand the test, and takes no new orders any more. */
export class TakenBack extends Error {
  override readonly name = 'TakenBack';
}

/**
 * Gives a build a part of the new orders and looks at these for a while. It stays at that part when all went well; at
 * the first order in trouble, or when too few began with it, it is taken back. So it is when this is interrupted.
 */
export async function canary(where: Where, options: CanaryOptions): Promise<void> {
  const { percentage, forMs, orders, atMostMs, everyMs, signal, say } = options;
  const view = await viewDeployment(where);
  const buildId = options.buildId ?? view.builds[0];
  if (buildId === undefined) throw new TakenBack(`no worker of ${where.deploymentName} was ever seen`);
  if (buildId === view.current) return say(`${buildId} takes all new orders already: this Saga is not another`);

  await untilAllowed(() => givePart(where, buildId, percentage), everyMs, signal);
  const start = Date.now();
  say(`${buildId} takes ${percentage} % of the new orders, ${view.current} the others`);
  try {
    const { rampingSince: since } = await viewDeployment(where);
    for (;;) {
      const { begun, trouble } = await ordersOfBuild(where, { buildId, workflowType: ORDER_SAGA, since });
      if (trouble.length > 0) throw new TakenBack(`orders are in trouble:\n  ${trouble.slice(0, 20).join('\n  ')}`);
      const elapsed = Date.now() - start;
      if (begun >= orders && elapsed >= forMs)
        return say(`${begun} orders began with ${buildId}, and none is in trouble`);
      if (elapsed >= atMostMs) throw new TakenBack(`only ${begun} orders began with it, of ${orders} wanted`);
      await pause(everyMs, undefined, { signal });
    }
  } catch (error) {
    await endRamp(where);
    say(`${buildId} takes no new orders any more`);
    throw error;
  }
}

/** How long a build whose first worker has just begun to poll may lack some of its queues. */
const SETTLES_MS = 60_000;

async function untilAllowed(change: () => Promise<void>, everyMs: number, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + SETTLES_MS;
  for (;;) {
    try {
      return await change();
    } catch (error) {
      const isEarly = error instanceof Error && error.message.startsWith('9 FAILED_PRECONDITION');
      if (!isEarly || Date.now() > deadline) throw error;
      await pause(everyMs, undefined, { signal });
    }
  }
}

/** Gives all new orders to a build: the one that has a part of them, or the newest, unless said. */
export async function promote(where: Where, build: string | undefined, say: (text: string) => void): Promise<void> {
  const { current, ramping, builds, conflictToken } = await viewDeployment(where);
  const buildId = build ?? ramping ?? builds[0];
  if (buildId === undefined) throw new Error(`no worker of ${where.deploymentName} was ever seen`);
  if (buildId === current) return say(`${buildId} takes all new orders already`);
  await giveAll(where, buildId, conflictToken);
  say(
    `${buildId} takes all new orders; those that began with ${current} end with it. To go back: back --build ${current}`,
  );
}

/** Ends a canary, where there is one; or gives all new orders to the build that is said. */
export async function goBack(where: Where, build: string | undefined, say: (text: string) => void): Promise<void> {
  if (build !== undefined) return promote(where, build, say);
  const { current, ramping, builds } = await viewDeployment(where);
  if (ramping !== undefined) await endRamp(where);
  const others = builds.filter((one) => one !== current).join(', ');
  say(`${current} takes all new orders. To give them to another, say --build and which: ${others || 'there is none'}`);
}

/** Each build and what becomes of it, a line each. */
export async function tellBuilds(where: Where, say: (text: string) => void): Promise<void> {
  for (const [build, status] of await statusesOfBuilds(where)) say(`${build} ${status}`);
}
