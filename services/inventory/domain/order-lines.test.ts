import { expect, test } from 'vitest';
import { inProductOrder } from './reservation.js';

test('lines are taken in ascending product id, by number', () => {
  const lines = [10, 9, 100].map((productId) => ({ productId, quantity: 1 }));
  expect(inProductOrder(lines).map((line) => line.productId)).toEqual([9, 10, 100]);
});

test('the order that was asked for stays as it was', () => {
  const lines = [
    { productId: 2, quantity: 1 },
    { productId: 1, quantity: 1 },
  ];
  inProductOrder(lines);
  expect(lines.map((line) => line.productId)).toEqual([2, 1]);
});

test('two lines of one product are refused loudly, since only one of them would be counted', () => {
  const lines = [5, 3, 5].map((productId) => ({ productId, quantity: 1 }));
  expect(() => inProductOrder(lines)).toThrow('two lines of product 5');
});

test('an order has lines', () => {
  expect(() => inProductOrder([])).toThrow('an order without lines');
});
