import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LINES, MAX_QUANTITY } from '../../contracts/http/orders.js';
import { MONEY_LIMIT } from '../../contracts/money.js';
import { mergeLines, priceLine, totalOf } from './order-identity.js';

const requested = fc.array(
  fc.record({ productId: fc.integer({ min: 1, max: 8 }), quantity: fc.integer({ min: 1, max: MAX_QUANTITY }) }),
  { minLength: 1, maxLength: MAX_LINES },
);

const sumOf = (lines: { quantity: number }[]) => lines.reduce((sum, line) => sum + line.quantity, 0);

describe('merging lines', () => {
  it('counts a product named twice as the sum', () => {
    const lines = [
      { productId: 7, quantity: 2 },
      { productId: 3, quantity: 1 },
      { productId: 7, quantity: 5 },
    ];
    expect(mergeLines(lines)).toEqual([
      { productId: 3, quantity: 1 },
      { productId: 7, quantity: 7 },
    ]);
  });

  it('loses no unit, names each product once, and gives the same whatever the order of the lines', () => {
    fc.assert(
      fc.property(requested, (lines) => {
        const merged = mergeLines(lines);
        const ids = merged.map((line) => line.productId);
        expect(sumOf(merged)).toBe(sumOf(lines));
        expect(ids).toEqual([...new Set(lines.map((line) => line.productId))].sort((a, b) => a - b));
        expect(mergeLines([...lines].reverse())).toEqual(merged);
        expect(mergeLines(merged)).toEqual(merged);
      }),
    );
  });
});

describe('totals', () => {
  const priced = fc.array(
    fc.record({
      price: fc.integer({ min: 0, max: MONEY_LIMIT - 1 }),
      quantity: fc.integer({ min: 1, max: MAX_QUANTITY }),
    }),
    { minLength: 1, maxLength: MAX_LINES },
  );

  it('are exact below the limit, and never seem to be below it when they are not', () => {
    fc.assert(
      fc.property(priced, (items) => {
        const lines = items.map(({ price, quantity }, index) =>
          priceLine({ productId: index + 1, quantity }, { id: index + 1, name: 'x', price }),
        );
        const total = totalOf(lines);
        const exact = items.reduce((sum, { price, quantity }) => sum + BigInt(price) * BigInt(quantity), 0n);
        expect(total < MONEY_LIMIT).toBe(exact < BigInt(MONEY_LIMIT));
        if (exact < BigInt(MONEY_LIMIT)) expect(BigInt(total)).toBe(exact);
      }),
    );
  });

  it('sees the limit to the unit', () => {
    expect(totalOf([{ totalPrice: MONEY_LIMIT - 2 }, { totalPrice: 1 }])).toBe(MONEY_LIMIT - 1);
    expect(totalOf([{ totalPrice: MONEY_LIMIT - 1 }, { totalPrice: 1 }])).toBe(MONEY_LIMIT);
  });
});
