import { describe, expect, it } from 'vitest';
import { PAYMENT_TRANSITIONS, isShown, statesBefore } from './payment.js';
import type { PaymentState } from './payment.js';

const states = Object.keys(PAYMENT_TRANSITIONS) as PaymentState[];

describe('the states of a payment', () => {
  it('can each be reached from PENDING', () => {
    const reached = new Set<PaymentState>(['PENDING']);
    for (const state of reached) PAYMENT_TRANSITIONS[state].forEach((next) => reached.add(next));
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('never lead back: money that was refunded or declined stays so', () => {
    expect(PAYMENT_TRANSITIONS.REFUNDED).toEqual([]);
    expect(PAYMENT_TRANSITIONS.DECLINED).toEqual([]);
    expect(statesBefore('PENDING')).toEqual([]);
  });

  it('let a charge stand only where nobody has called it off', () => {
    expect(statesBefore('CHARGED').sort()).toEqual(['AUTHORISED', 'PENDING']);
  });

  it('let a charge that turned up after its mark be written down as refunded', () => {
    expect(statesBefore('REFUNDED').sort()).toEqual(['AUTHORISED', 'CHARGED', 'PENDING', 'VOIDED']);
  });

  it('are shown once the provider has decided', () => {
    const shown = (chargeId: string | null) => states.filter((state) => isShown(state, chargeId)).sort();
    expect(shown(null)).toEqual(['AUTHORISED', 'CHARGED', 'DECLINED', 'REFUNDED']);
    expect(shown('ch_1')).toEqual(['AUTHORISED', 'CHARGED', 'DECLINED', 'REFUNDED', 'VOIDED']);
  });
});
