import { describe, expect, it } from 'vitest';
import type { PlacedOrder } from '../../contracts/order-saga.js';
import { ORDER_STATUSES } from '../../contracts/order-status.js';
import { pendingOrder, withProgress } from './order-journal.js';

const placed: PlacedOrder = {
  id: 'o1',
  userId: 1,
  userVerified: true,
  currency: 'KRW',
  totalPrice: 2,
  lines: [],
  shippingAddress: { name: 'Alice', line1: '1', city: 'Seoul', postalCode: '04524', country: 'KR' },
  createdAt: '2026-01-01T00:00:00.000Z',
};
const later = '2026-01-01T00:00:01.000Z';
const attention = { step: 'charge-payment', since: later, reason: 'FAILED', error: 'Bug' } as const;

describe('an order as its row has it', () => {
  it('begins as PENDING, updated when it was created', () => {
    expect(pendingOrder(placed)).toEqual({
      ...placed,
      status: 'PENDING',
      needsAttention: false,
      updatedAt: placed.createdAt,
    });
  });

  it('takes the facts of a step, and leaves what the step says nothing of', () => {
    const order = withProgress(pendingOrder(placed), { paymentId: 'p1' }, later);
    const next = withProgress(order, { paymentId: undefined, cancelNote: 'n' }, later);
    expect(next).toMatchObject({ paymentId: 'p1', cancelNote: 'n', updatedAt: later });
    expect(next).not.toHaveProperty('stockDecision');
  });

  it('only moves forward', () => {
    const done = withProgress(pendingOrder(placed), { status: 'CANCELLED' }, later);
    for (const status of ORDER_STATUSES) expect(withProgress(done, { status }, later).status).toBe('CANCELLED');
    const started = withProgress(pendingOrder(placed), { status: 'DELIVERY_STARTED' }, later);
    expect(withProgress(started, { status: 'INVENTORY_RESERVED' }, later).status).toBe('DELIVERY_STARTED');
  });

  it('moves past a status that was never written down', () => {
    for (const status of ['DELIVERY_STARTED', 'COMPLETED', 'CANCELLING'] as const)
      expect(withProgress(pendingOrder(placed), { status }, later).status).toBe(status);
  });

  it('shows who waits and why, without the code, until nobody does', () => {
    const waiting = withProgress(pendingOrder(placed), { attention }, later);
    expect(waiting).toMatchObject({ needsAttention: true });
    expect(waiting.attention).toEqual({ step: 'charge-payment', since: later, error: 'Bug' });
    expect(withProgress(waiting, { paymentId: 'p1' }, later).needsAttention).toBe(true);
    const over = withProgress(waiting, { attention: null }, later);
    expect(over.needsAttention).toBe(false);
    expect(over).not.toHaveProperty('attention');
  });
});
