import { describe, expect, test } from 'vitest';
import { type ReservationStatus, type ReservedLine, outcomeOf } from './reservation.js';

const row = (productId: number, status: ReservationStatus, available: number | null = null): ReservedLine => ({
  productId,
  quantity: 3,
  status,
  available,
});
const asked = [{ productId: 1 }, { productId: 2 }];

describe('an attempt to reserve is told', () => {
  test.each([
    ['HELD', 'reserved'],
    ['COMMITTED', 'reserved'],
    ['RELEASED', 'compensated'],
    ['RETURNED', 'compensated'],
  ] as const)('of lines that are %s: %s', (status, outcome) => {
    expect(outcomeOf([row(1, status), row(2, status)], asked)).toEqual({ outcome });
  });

  test('of lines that were refused: what there was of the one that was short', () => {
    const rows = [row(1, 'REFUSED'), row(2, 'REFUSED', 2)];
    expect(outcomeOf(rows, asked)).toEqual({ outcome: 'insufficient', productId: 2, requested: 3, available: 2 });
  });

  test('of several short lines: the lowest product, whatever the order of the rows', () => {
    const rows = [row(2, 'REFUSED', 0), row(1, 'REFUSED', 1)];
    expect(outcomeOf(rows, asked)).toMatchObject({ productId: 1, available: 1 });
  });
});

describe('what no step can have written fails instead of passing for an answer', () => {
  test.each([
    ['nothing at all', [], 'nothing is written down of product 1'],
    ['not all lines', [row(1, 'HELD')], 'nothing is written down of product 2'],
    ['lines in two statuses', [row(1, 'HELD'), row(2, 'RELEASED')], 'HELD and RELEASED'],
    ['a refusal without a short line', [row(1, 'REFUSED'), row(2, 'REFUSED')], 'no line says which'],
  ])('%s', (_what, rows, message) => {
    expect(() => outcomeOf(rows, asked)).toThrow(message);
  });
});
