import { expect, it } from 'vitest';
import type { PlacedOrder } from '../../contracts/http/orders.js';
import { COMPENSATIONS, STEPS } from '../../contracts/saga-steps.js';
import { stockOf } from './step-activities.js';

const line = (productId: number) => ({ productId, productName: 'x', unitPrice: 1, quantity: productId, totalPrice: 1 });

it('asks for stock in ascending product id, as numbers, and leaves the order as it was', () => {
  const order = { id: 'o1', lines: [line(10), line(9), line(100)] } as unknown as PlacedOrder;
  expect(stockOf(order)).toEqual({
    orderId: 'o1',
    lines: [
      { productId: 9, quantity: 9 },
      { productId: 10, quantity: 10 },
      { productId: 100, quantity: 100 },
    ],
  });
  expect(order.lines.map(({ productId }) => productId)).toEqual([10, 9, 100]);
});

it('can be refused no compensation but the calling off of a delivery, which is the only one that the undo begins with', () => {
  expect(COMPENSATIONS.filter((step) => STEPS[step].refusals.length > 0)).toEqual(['cancel-delivery']);
});
