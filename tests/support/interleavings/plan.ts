import fc from 'fast-check';
import type { CarrierEvent } from '../../../contracts/http/deliveries.js';
import type { OrderStatus } from '../../../contracts/order-status.js';
import type { OrderWish } from '../shop.js';

/** When an order is called off. Milliseconds. */
type Moment =
  /** While it is being placed: as soon as there is such an order. */
  | { when: 'at once' }
  /** So long after it was heard to have this status, or after its end if it never has it. */
  | { when: 'status'; status: OrderStatus; plusMs: number }
  /** With the carrier's report, this much after it, or before it; in the end the carrier says `last`. */
  | { when: 'report'; report: CarrierEvent; plusMs: number; last: 'delivered' | 'returned' };

export interface Plan {
  wish: OrderWish;
  by: 'customer' | 'admin';
  moment: Moment;
}

const moreThanThereIs = 9_999;

const by = fc.constantFrom('customer', 'customer', 'admin');

const payment = {
  paymentMethod: fc.constantFrom('card_ok', 'card_ok', 'card_lost_answer', 'card_flaky', 'card_declined'),
  respondAsync: fc.boolean(),
};

const wish = fc.record({
  ...payment,
  quantity: fc.constantFrom(1, 1, 1, 2, 2, 3, moreThanThereIs),
  postalCode: fc.constantFrom('04524', '04524', '00000', '99999'),
});

/** Some are there as long as a step takes, others as long as the carrier does. */
const LONGEST_MS = {
  PENDING: 60,
  INVENTORY_RESERVED: 60,
  PAYMENT_COMPLETED: 60,
  DELIVERY_STARTED: 500,
  CANCELLING: 30,
} as const satisfies Partial<Record<OrderStatus, number>>;

const afterStatus = fc
  .constantFrom(...(Object.keys(LONGEST_MS) as (keyof typeof LONGEST_MS)[]))
  .chain((status) =>
    fc.record({ when: fc.constant('status'), status: fc.constant(status), plusMs: upTo(LONGEST_MS[status]) }),
  );

const withReport = fc.record({
  when: fc.constant('report'),
  report: fc.constantFrom('in_transit', 'delivered', 'returned'),
  plusMs: fc.integer({ min: -20, max: 20 }),
  last: fc.constantFrom('delivered', 'returned'),
});

function upTo(max: number) {
  return fc.integer({ min: 0, max });
}

const plan: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ wish, by, moment: fc.record({ when: fc.constant('at once') }) }) },
  { weight: 7, arbitrary: fc.record({ wish, by, moment: afterStatus }) },
  {
    weight: 3,
    arbitrary: fc.record({
      wish: fc.record({ quantity: fc.constant(1), postalCode: fc.constant('88888') }),
      by,
      moment: withReport,
    }),
  },
);

/** The same for the same seed. */
export const plans = (seed: number, count: number): Plan[] => fc.sample(fc.noBias(plan), { seed, numRuns: count });
