import { setTimeout as pause } from 'node:timers/promises';
import type { CrashPoint, CrashProcess } from '../../../platform/crash-points/crash-point.js';
import { whileStopped } from '../../support/while-stopped.js';
import { provoke, type Surroundings } from './provoke.js';
import { isSweepers, nameOf, type Fault } from './schedule.js';
import type { World } from './world.js';

/** Times in milliseconds since the epoch. */
export interface Performed {
  name: string;
  fault: Fault;
  /** When it died, stood still or was stopped. */
  struckAt: number;
  /** When whoever runs it started it again. */
  restartedAt: number;
  /** When it was ready, which is the fault's end. */
  endedAt: number;
}

/** Orders come every second, and what leads to a point rarely used is done on purpose: for what hangs, not for what is slow. */
const reachedWithinMs = 60_000;
const diesWithinMs = 5_000;

/** Does what the schedule says, and rejects when it can't be done: a point that is never reached, say. */
export async function perform(surroundings: Surroundings, fault: Fault): Promise<Performed> {
  const { world } = surroundings;
  const name = nameOf(fault);
  switch (fault.kind) {
    case 'crash': {
      const struckAt = await crash(surroundings, fault.process, fault.point);
      await pause(fault.awayMs);
      return { name, fault, struckAt, ...(await startAgain(world, fault.process)) };
    }
    case 'kill': {
      await pause(fault.afterMs);
      const struckAt = Date.now();
      await world.process(fault.process).kill9();
      await pause(fault.awayMs);
      return { name, fault, struckAt, ...(await startAgain(world, fault.process)) };
    }
    case 'stall': {
      const struckAt = Date.now();
      await whileStopped([world.process(fault.process)], () => pause(fault.forMs));
      return { name, fault, struckAt, restartedAt: Date.now(), endedAt: Date.now() };
    }
    case 'restart': {
      const server = world.server(fault.server);
      const struckAt = Date.now();
      // PostgreSQL's word for dying at once, which it then recovers from: killed, its children would hold its data.
      await (fault.hard ? (fault.server === 'postgres' ? server.stop('SIGQUIT') : server.kill9()) : server.stop());
      await pause(fault.awayMs);
      const restartedAt = Date.now();
      await server.start(world.signal);
      return { name, fault, struckAt, restartedAt, endedAt: Date.now() };
    }
  }
}

async function crash(surroundings: Surroundings, process: CrashProcess, point: CrashPoint): Promise<number> {
  const { crashPoints } = surroundings.world;
  await crashPoints.arm(point);
  try {
    return await (isSweepers(point)
      ? crashWithoutOrderService(surroundings, process, point)
      : reached(surroundings, process, point, () => provoke(point, surroundings)));
  } catch (error) {
    // Else it would strike in another round, which knows nothing of it.
    await crashPoints.disarm(point);
    throw error;
  }
}

/** The sweeper is left an order only while nobody can ask for it again. */
async function crashWithoutOrderService(surroundings: Surroundings, process: CrashProcess, point: CrashPoint) {
  const { world } = surroundings;
  await crash(surroundings, 'order-service', 'place: row written');
  try {
    return await reached(surroundings, process, point, () => Promise.resolve());
  } finally {
    await world.process('order-service').start(world.signal);
  }
}

/** When it died there. */
async function reached(
  { world }: Surroundings,
  process: CrashProcess,
  point: CrashPoint,
  lead: () => Promise<void>,
): Promise<number> {
  let ledAt = 0;
  await world.until(
    `${process} at "${point}"`,
    () => {
      if (!world.crashPoints.isArmed(point)) return true;
      if (Date.now() - ledAt > 3_000) {
        ledAt = Date.now();
        lead().catch(() => undefined);
      }
      return false;
    },
    reachedWithinMs,
  );
  const struckAt = Date.now();
  await world.until(`${process} to die`, () => world.process(process).pid === undefined, diesWithinMs);
  return struckAt;
}

async function startAgain(world: World, name: string): Promise<Pick<Performed, 'restartedAt' | 'endedAt'>> {
  const restartedAt = Date.now();
  await world.process(name).start(world.signal);
  return { restartedAt, endedAt: Date.now() };
}
