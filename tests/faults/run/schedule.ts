import { CRASH_POINTS, type CrashPoint, type CrashProcess } from '../../../platform/crash-points/crash-point.js';
import type { PaymentCapture } from '../../../contracts/order-saga.js';
import { seeded, type Random } from './random.js';

export type FaultyServer = 'temporal' | 'postgres' | 'redis' | 'kafka';

/** Durations in milliseconds. */
export type Fault =
  /** The process dies when it gets to the point, and is started again. */
  | { kind: 'crash'; process: CrashProcess; point: CrashPoint; awayMs: number }
  /** It dies wherever it is. */
  | { kind: 'kill'; process: CrashProcess; afterMs: number; awayMs: number }
  /** It stands still, and goes on as if nothing had been. */
  | { kind: 'stall'; process: CrashProcess; forMs: number }
  /** `hard`: without being asked to stop. */
  | { kind: 'restart'; server: FaultyServer; hard: boolean; awayMs: number };

/** Faults that happen at once, each to another process. */
export type Round = Fault[];

export type Extent = 'whole' | 'short';

const PROCESSES = Object.keys(CRASH_POINTS) as CrashProcess[];

/** Those whose steps the Saga waits for. */
export const WORKERS_OF_THE_SAGA: CrashProcess[] = [
  'order-worker',
  'inventory-worker',
  'payment-worker',
  'delivery-worker',
];

/** Longer than the stock lock's lease of 3 s. */
const PAST_THE_LEASE_MS = 4_500;

/** What `npm test` has time for. */
const MOST_TELLING: CrashPoint[] = [
  'place: row written',
  'reserve: written',
  'charge: provider answered',
  'capture: provider answered',
  'part: provider answered',
  'delivery: carrier answered',
  'record: written',
  'notify: marked',
];

/** When the orders of a run are paid. By the seed, so that runs go either way. */
export const paymentCaptureOf = (seed: number): PaymentCapture => (seed % 2 === 0 ? 'at_order' : 'at_hand_over');

/** Each crash point that its orders come to and each fault once, in an order and at moments that the seed decides. */
export function makeSchedule(seed: number, extent: Extent): Round[] {
  const random = seeded(seed);
  const crashes = PROCESSES.flatMap((process) => crashesOf(process, random)).filter(
    ({ point }) =>
      (extent === 'whole' || MOST_TELLING.includes(point)) &&
      (paymentCaptureOf(seed) === 'at_hand_over' || !point.startsWith('capture')),
  );
  const kills = extent === 'whole' ? PROCESSES.map((process) => killOf(process, random)) : [];
  const ofProcesses = [...crashes, ...kills];
  const others: Round[] = [
    ...(extent === 'whole' ? [[stall()]] : []),
    ...serversIn(extent).map((server) => [restartOf(server, random)]),
  ];
  return random.shuffled([...sideBySide(ofProcesses, random), ...others]);
}

function crashesOf(process: CrashProcess, random: Random) {
  const points = Object.keys(CRASH_POINTS[process]) as CrashPoint[];
  return points.map((point) => ({ kind: 'crash' as const, process, point, awayMs: random.between(0, 1_000) }));
}

function killOf(process: CrashProcess, random: Random): Fault & { process: CrashProcess } {
  return { kind: 'kill', process, afterMs: random.between(0, 1_000), awayMs: random.between(0, 1_000) };
}

const stall = (): Fault => ({ kind: 'stall', process: 'inventory-worker', forMs: PAST_THE_LEASE_MS });

const serversIn = (extent: Extent): FaultyServer[] =>
  extent === 'whole' ? ['temporal', 'postgres', 'redis', 'kafka'] : ['temporal', 'postgres'];

const restartOf = (server: FaultyServer, random: Random): Fault => ({
  kind: 'restart',
  server,
  hard: random.between(0, 1) === 1,
  awayMs: random.between(0, 3_000),
});

/**
 * Up to five at once. The order worker dies when no other worker of the Saga has to die any more: an order that waited
 * for it may go on with a step of any of them.
 */
function sideBySide(faults: (Fault & { process: CrashProcess })[], random: Random): Round[] {
  // The sweeper's points need the order service to die too.
  const alone = faults.filter(needsOrderService);
  const laneOf = (...processes: CrashProcess[]) =>
    random.shuffled(faults.filter((fault) => processes.includes(fault.process) && !needsOrderService(fault)));
  const ofSteps = [laneOf('payment-worker'), laneOf('inventory-worker'), laneOf('delivery-worker')];
  const ofOrderWorker = laneOf('order-worker');
  const around = [
    laneOf('gateway', 'order-service'),
    laneOf('payment-service', 'delivery-service', 'notification-service'),
  ];
  const length = Math.max(longest(ofSteps) + ofOrderWorker.length, longest(around));
  const rounds = Array.from({ length }, (_, index) => {
    const fromTheEnd = length - 1 - index;
    const struck = [
      ...ofSteps.map((lane) => lane[index]),
      ...[ofOrderWorker, ...around].map((lane) => lane[fromTheEnd]),
    ];
    return struck.filter((fault) => fault !== undefined);
  });
  return [...rounds, ...alone.map((fault) => [fault])];
}

const longest = (lanes: readonly Fault[][]): number => Math.max(...lanes.map(({ length }) => length));

const needsOrderService = (fault: Fault): boolean => fault.kind === 'crash' && isSweepers(fault.point);

export const isSweepers = (point: CrashPoint): boolean => point.startsWith('sweeper');

export function nameOf(fault: Fault): string {
  switch (fault.kind) {
    case 'crash':
      return `${fault.process} dies at "${fault.point}"`;
    case 'kill':
      return `${fault.process} is killed`;
    case 'stall':
      return `${fault.process} stands still for ${fault.forMs / 1000} s`;
    case 'restart':
      return `${fault.server} is ${fault.hard ? 'killed' : 'stopped'} and started again`;
  }
}
