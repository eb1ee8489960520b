import { describe, expect, it } from 'vitest';
import { CRASH_POINTS } from '../../../platform/crash-points/crash-point.js';
import { KINDS_BY_SHARE } from './order-kinds.js';
import { makeSchedule, nameOf, paymentCaptureOf, WORKERS_OF_THE_SAGA } from './schedule.js';

const isOfSaga = (process: (typeof WORKERS_OF_THE_SAGA)[number]) => WORKERS_OF_THE_SAGA.includes(process);
const POINTS = Object.values(CRASH_POINTS).flatMap((points) => Object.keys(points));

describe('a schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(makeSchedule(7, 'whole')).toEqual(makeSchedule(7, 'whole'));
    expect(makeSchedule(7, 'whole')).not.toEqual(makeSchedule(8, 'whole'));
  });

  it.each([1, 2, 3])(
    'of seed %i has every crash point of its orders once, every process killed, every server restarted',
    (seed) => {
      const faults = makeSchedule(seed, 'whole').flat();
      const points = faults.flatMap((fault) => (fault.kind === 'crash' ? [fault.point] : []));
      const isReached = (point: string) => paymentCaptureOf(seed) === 'at_hand_over' || !point.startsWith('capture: ');
      expect([...points].sort()).toEqual(POINTS.filter(isReached).sort());
      const killed = faults.flatMap((fault) => (fault.kind === 'kill' ? [fault.process] : []));
      expect(killed.sort()).toEqual(Object.keys(CRASH_POINTS).sort());
      const restarted = faults.flatMap((fault) => (fault.kind === 'restart' ? [fault.server] : []));
      expect(restarted.sort()).toEqual(['kafka', 'postgres', 'redis', 'temporal']);
      expect(faults.filter(({ kind }) => kind === 'stall')).toHaveLength(1);
    },
  );

  it('hurts no process twice in a round', () => {
    for (const round of makeSchedule(5, 'whole')) {
      const processes = round.flatMap((fault) => ('process' in fault ? [fault.process] : []));
      expect(new Set(processes).size, round.map(nameOf).join('; ')).toBe(processes.length);
    }
  });

  it.each(['whole', 'short'] as const)(
    'of the %s run hurts no worker of the Saga beside the order worker',
    (extent) => {
      for (const round of makeSchedule(6, extent)) {
        const workers = round.flatMap((fault) => ('process' in fault ? [fault.process] : [])).filter(isOfSaga);
        if (workers.includes('order-worker')) expect(workers, round.map(nameOf).join('; ')).toEqual(['order-worker']);
      }
    },
  );

  it('of the short part is short', () => {
    expect(makeSchedule(1, 'short').length).toBeLessThanOrEqual(7);
  });
});

it('the kinds of orders share a hundred', () => {
  expect(KINDS_BY_SHARE).toHaveLength(100);
});
