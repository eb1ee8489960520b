import { describe, expect, it } from 'vitest';
import { DELIVERY_TRANSITIONS, STATE_AFTER, isFinal, isOvertaken, isShown, statesBefore } from './delivery.js';
import type { DeliveryState } from './delivery.js';

const states = Object.keys(DELIVERY_TRANSITIONS) as DeliveryState[];

describe('the states of a delivery', () => {
  it('can each be reached from PENDING', () => {
    const reached = new Set<DeliveryState>(['PENDING']);
    for (const state of reached) DELIVERY_TRANSITIONS[state].forEach((next) => reached.add(next));
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('let a report overtake the one before it, but not follow the last', () => {
    expect(statesBefore(STATE_AFTER.delivered)).toEqual(['STARTED', 'IN_TRANSIT']);
    expect(statesBefore(STATE_AFTER.in_transit)).toEqual(['STARTED']);
  });

  it('know a report that comes after the one that followed it', () => {
    expect(states.filter((state) => isOvertaken(STATE_AFTER.in_transit, state))).toEqual(['DELIVERED', 'RETURNED']);
    expect(states.filter((state) => isOvertaken(STATE_AFTER.delivered, state))).toEqual([]);
    expect(states.filter((state) => isOvertaken(STATE_AFTER.returned, state))).toEqual([]);
  });

  it('let only what the carrier has be cancelled, and only what it does not have be voided', () => {
    expect(statesBefore('CANCELLED')).toEqual(['STARTED', 'IN_TRANSIT']);
    expect(statesBefore('VOIDED')).toEqual(['PENDING']);
  });

  it('are final when nothing follows', () => {
    expect(states.filter(isFinal)).toEqual(['DELIVERED', 'RETURNED', 'CANCELLED', 'REFUSED', 'VOIDED']);
  });

  it('are shown once the carrier has it', () => {
    expect(states.filter(isShown)).toEqual(['STARTED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED', 'CANCELLED']);
  });
});
