import { describe, expect, it } from 'vitest';
import { behaviourAt, isDelivered, nextReport, pauseAfter, planOf } from './plan.js';

const bookedAt = new Date('2026-03-01T12:00:00Z');
const times = (postalCode: string) => {
  const behaviour = behaviourAt(postalCode);
  if (behaviour.outcome === 'refused') return behaviour.code;
  return planOf(behaviour.reports, bookedAt, 2000).map(({ status, at }) => `${status} ${at.slice(17, 23)}`);
};

describe('the simulated carrier, by postal code', () => {
  it.each([
    ['04524', ['in_transit 01.000', 'delivered 02.000']],
    ['toString', ['in_transit 01.000', 'delivered 02.000']],
    ['99999', ['in_transit 01.000', 'returned 02.000']],
    ['88888', []],
    ['00000', 'address_not_served'],
  ])('%s: %j', (postalCode, expected) => {
    expect(times(postalCode)).toEqual(expected);
  });
});

describe('a plan', () => {
  const plan = planOf(['in_transit', 'delivered'], bookedAt, 2000);

  it('goes on with what the delivery service does not have yet', () => {
    expect(nextReport(plan)?.status).toBe('in_transit');
    expect(nextReport(plan.map((report, index) => ({ ...report, taken: index === 0 })))?.status).toBe('delivered');
    expect(nextReport(plan.map((report) => ({ ...report, taken: true })))).toBeUndefined();
  });

  it('knows that the goods were delivered, told or not', () => {
    expect(isDelivered(plan, new Date(bookedAt.getTime() + 1999))).toBe(false);
    expect(isDelivered(plan, new Date(bookedAt.getTime() + 2000))).toBe(true);
    expect(isDelivered(planOf(['in_transit', 'returned'], bookedAt, 2000), new Date())).toBe(false);
  });

  it('waits longer after each failure, up to 5 s', () => {
    expect([1, 2, 3, 4, 5, 6, 100].map(pauseAfter)).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  });
});
