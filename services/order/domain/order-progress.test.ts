import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CANCEL_REASONS, isFinal, mayMove, ORDER_STATUSES } from '../../../contracts/order-status.js';
import { advance, type OrderState } from './order-progress.js';

const placed: OrderState = {
  status: 'PENDING',
  cancelReason: null,
  cancelNote: null,
  paymentId: null,
  deliveryId: null,
  trackingNumber: null,
  stockDecision: null,
  needsAttention: false,
  attention: null,
};

const patch = fc.record(
  {
    status: fc.constantFrom(...ORDER_STATUSES),
    cancelReason: fc.constantFrom(...CANCEL_REASONS),
    paymentId: fc.constantFrom('pay_1', 'pay_2'),
    stockDecision: fc.constantFrom({ outcome: 'reserved' } as const, { outcome: 'cancelled' } as const),
  },
  { requiredKeys: [] },
);

describe('advancing an order', () => {
  it('only ever goes along the transitions, whatever comes and in which order', () => {
    fc.assert(
      fc.property(fc.array(patch, { maxLength: 30 }), (patches) => {
        let state = placed;
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
    const { state, moved } = advance(placed, { status: 'DELIVERY_STARTED' });
    expect(moved).toBe('DELIVERY_STARTED');
    for (const status of ['PENDING', 'INVENTORY_RESERVED', 'PAYMENT_COMPLETED'] as const)
      expect(advance(state, { status }).moved).toBeUndefined();
    expect(advance(state, { status: 'COMPLETED' }).moved).toBe('COMPLETED');
  });

  it('changes nothing when the same patch comes again', () => {
    fc.assert(
      fc.property(fc.array(patch, { maxLength: 10 }), patch, (patches, last) => {
        const state = [...patches, last].reduce((at, next) => advance(at, next).state, placed);
        expect(advance(state, { ...last, status: state.status })).toEqual({ state, moved: undefined });
      }),
    );
  });
});
