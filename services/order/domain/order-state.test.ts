import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CANCEL_REASONS, isFinal, mayMove, ORDER_STATUSES, REVIEWS } from '../../../contracts/order-status.js';
import { advance, PENDING, shownState, stateOfShown } from './order-state.js';

const patch = fc.record(
  {
    status: fc.constantFrom(...ORDER_STATUSES),
    cancelReason: fc.constantFrom(...CANCEL_REASONS),
    paymentId: fc.constantFrom('pay_1', 'pay_2'),
    review: fc.constantFrom(...REVIEWS),
    stockDecision: fc.constantFrom({ outcome: 'reserved' } as const, { outcome: 'cancelled' } as const),
  },
  { requiredKeys: [] },
);

describe('advancing an order', () => {
  it('only ever goes along the transitions, whatever comes and in which order', () => {
    fc.assert(
      fc.property(fc.array(patch, { maxLength: 30 }), (patches) => {
        let state = PENDING;
        for (const next of patches) {
          const before = state;
          const result = advance(state, next);
          state = result.state;
          if (result.moved === undefined) expect(state.status).toBe(before.status);
          else expect(mayMove(before.status, state.status)).toBe(true);
          if (before.stockDecision !== null) expect(state.stockDecision).toEqual(before.stockDecision);
          if (isFinal(before.status) && before.cancelReason !== null) {
            expect(state.cancelReason).toBe(before.cancelReason);
          }
        }
      }),
    );
  });

  it('goes past a status whose record is missing, and never back to it', () => {
    const { state, moved } = advance(PENDING, { status: 'DELIVERY_STARTED' });
    expect(moved).toBe('DELIVERY_STARTED');
    for (const status of ['PENDING', 'INVENTORY_RESERVED', 'PAYMENT_COMPLETED'] as const)
      expect(advance(state, { status }).moved).toBeUndefined();
    expect(advance(state, { status: 'COMPLETED' }).moved).toBe('COMPLETED');
  });

  it('changes nothing when the same patch comes again', () => {
    fc.assert(
      fc.property(fc.array(patch, { maxLength: 10 }), patch, (patches, last) => {
        const state = [...patches, last].reduce((at, next) => advance(at, next).state, PENDING);
        expect(advance(state, { ...last, status: state.status })).toEqual({ state, moved: undefined });
      }),
    );
  });
});

it('a review is decided once, and an order that is undone or paid waits for none', () => {
  const waiting = advance(PENDING, { status: 'INVENTORY_RESERVED', review: 'WAITING' }).state;
  expect(waiting.review).toBe('WAITING');
  for (const status of ['CANCELLING', 'PAYMENT_COMPLETED'] as const) {
    const { state } = advance(waiting, { status });
    expect(state.review).toBeNull();
    expect(advance(state, { review: 'WAITING' }).state.review).toBeNull();
  }
  const approved = advance(waiting, { review: 'APPROVED' }).state;
  for (const review of ['WAITING', 'REJECTED'] as const)
    expect(advance(approved, { review }).state.review).toBe('APPROVED');
  expect(advance(waiting, { status: 'CANCELLING', review: 'REJECTED' }).state.review).toBe('REJECTED');
});

describe('what callers see of an order', () => {
  const later = '2026-01-01T00:00:01.000Z';
  const attention = { step: 'charge-payment', since: later, reason: 'FAILED', error: 'Bug' } as const;

  it('is PENDING at first', () => {
    expect(shownState(PENDING, later)).toEqual({ status: 'PENDING', needsAttention: false, updatedAt: later });
  });

  it('has the facts of each step, and stays where a step says nothing of them', () => {
    const { state } = advance(advance(PENDING, { paymentId: 'p1' }).state, { paymentId: undefined, cancelNote: 'n' });
    expect(shownState(state, later)).toMatchObject({ paymentId: 'p1', cancelNote: 'n', updatedAt: later });
    expect(shownState({ ...state, stockDecision: { outcome: 'reserved' } }, later)).not.toHaveProperty('stockDecision');
  });

  it('is who waits and why, without the code, until nobody does', () => {
    const { state: waiting } = advance(PENDING, { attention });
    expect(shownState(waiting, later)).toMatchObject({
      needsAttention: true,
      attention: { step: 'charge-payment', since: later, error: 'Bug' },
    });
    expect(shownState(waiting, later).attention).not.toHaveProperty('reason');
    expect(advance(waiting, { paymentId: 'p1' }).state.needsAttention).toBe(true);
    const over = shownState(advance(waiting, { attention: null }).state, later);
    expect(over.needsAttention).toBe(false);
    expect(over).not.toHaveProperty('attention');
  });

  it('says all that a run after a reset needs of it', () => {
    const state = { ...PENDING, status: 'CANCELLING', cancelReason: 'CUSTOMER_REQUEST', needsAttention: true } as const;
    const shown = shownState({ ...state, attention }, later);
    expect(shownState(stateOfShown(shown), later)).toEqual(shown);
  });
});

it('how its payment stands is shown only while it waits to be paid', () => {
  const payment = { status: 'PROCESSING', expiresAt: '2026-01-04T00:00:00.000Z' } as const;
  const waiting = advance(advance(PENDING, { status: 'INVENTORY_RESERVED' }).state, { payment }).state;
  expect(shownState(waiting, 'now')).toMatchObject({ payment });
  for (const status of ['PAYMENT_COMPLETED', 'CANCELLING'] as const) {
    expect(shownState(advance(waiting, { status }).state, 'now')).not.toHaveProperty('payment');
  }
});
