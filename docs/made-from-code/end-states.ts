import type { CancelReason } from '../../contracts/order-status.js';
import type { CustomerTopic } from '../../contracts/topics.js';
import type { DeliveryState } from '../../services/delivery/domain/delivery.js';
import type { ReservationStatus } from '../../services/inventory/domain/reservation.js';
import type { PaymentState } from '../../services/payment/domain/payment.js';

/** What an order leaves in the books of each service when it is over. */
export interface LeftBehind {
  /** undefined: COMPLETED, else CANCELLED. */
  reason: CancelReason | undefined;
  /** That of all its lines. */
  reservation: ReservationStatus | 'none';
  payment: PaymentState | 'none';
  delivery: DeliveryState | 'none';
  mails: readonly CustomerTopic[];
}

interface EndState extends Omit<LeftBehind, 'reason'> {
  end: string;
  /** None: COMPLETED. */
  reasons: readonly CancelReason[];
}

const told = ['order-created', 'order-cancelled'] as const;
const toldOfMoney = ['order-created', 'payment-completed', 'order-cancelled'] as const;
const toldOfParcel = ['order-created', 'payment-completed', 'delivery-started', 'order-cancelled'] as const;

const requested = ['CUSTOMER_REQUEST', 'OPERATOR_REQUEST'] as const;
const requestedOrTooLate = ['CUSTOMER_REQUEST', 'OPERATOR_REQUEST', 'PAYMENT_TIMEOUT'] as const;

const nothing = { payment: 'none', delivery: 'none' } as const;
const released = { reservation: 'RELEASED' } as const;
const refunded = { ...released, payment: 'REFUNDED' } as const;

/**
 * Every way in which an order can be over, and what is left of it then: there is no other. Those with "unheard" are
 * of a step that was under way: it happened, and the order was called off before the Saga took note of it. Only an operator's
 * `settled` makes others: it goes on without what the books would say. Held against real orders by
 * tests/e2e/cancel-interleavings.e2e.test.ts.
 */
export const END_STATES: readonly EndState[] = [
  {
    end: 'delivered',
    reasons: [],
    reservation: 'COMMITTED',
    payment: 'CHARGED',
    delivery: 'DELIVERED',
    mails: ['order-created', 'payment-completed', 'delivery-started', 'delivery-completed'],
  },
  { end: 'not enough stock', reasons: ['INSUFFICIENT_STOCK'], reservation: 'REFUSED', ...nothing, mails: told },
  {
    end: 'not enough stock, seen before its Saga',
    reasons: ['INSUFFICIENT_STOCK'],
    reservation: 'none',
    ...nothing,
    mails: told,
  },
  { end: 'rejected on review', reasons: ['REVIEW_REJECTED'], ...released, ...nothing, mails: told },
  {
    end: 'payment declined',
    reasons: ['PAYMENT_DECLINED'],
    ...released,
    payment: 'DECLINED',
    delivery: 'none',
    mails: told,
  },
  {
    end: 'delivery refused',
    reasons: ['DELIVERY_REFUSED'],
    ...refunded,
    delivery: 'REFUSED',
    mails: toldOfMoney,
  },
  { end: 'came back', reasons: ['DELIVERY_RETURNED'], ...refunded, delivery: 'RETURNED', mails: toldOfParcel },

  { end: 'called off before anything began', reasons: requested, reservation: 'none', ...nothing, mails: told },
  {
    end: 'called off before anything was asked of the provider',
    reasons: requested,
    ...released,
    ...nothing,
    mails: told,
  },
  { end: 'called off, stock refused unheard', reasons: requested, reservation: 'REFUSED', ...nothing, mails: told },
  {
    end: 'called off or too late, not paid',
    reasons: requestedOrTooLate,
    ...released,
    payment: 'VOIDED',
    delivery: 'none',
    mails: told,
  },
  {
    end: 'called off or too late, paid unheard',
    reasons: requestedOrTooLate,
    ...refunded,
    delivery: 'none',
    mails: told,
  },
  {
    end: 'called off or too late, declined unheard',
    reasons: requestedOrTooLate,
    ...released,
    payment: 'DECLINED',
    delivery: 'none',
    mails: told,
  },
  { end: 'called off when paid', reasons: requested, ...refunded, delivery: 'none', mails: toldOfMoney },
  {
    end: 'called off before the carrier had it',
    reasons: requested,
    ...refunded,
    delivery: 'VOIDED',
    mails: toldOfMoney,
  },
  {
    end: 'called off, the carrier had it unheard',
    reasons: requested,
    ...refunded,
    delivery: 'CANCELLED',
    mails: toldOfMoney,
  },
  {
    end: 'called off, the carrier refused unheard',
    reasons: requested,
    ...refunded,
    delivery: 'REFUSED',
    mails: toldOfMoney,
  },
  {
    end: 'called off when the carrier had it',
    reasons: requested,
    ...refunded,
    delivery: 'CANCELLED',
    mails: toldOfParcel,
  },
  { end: 'called off while it came back', reasons: requested, ...refunded, delivery: 'RETURNED', mails: toldOfParcel },
  {
    end: 'called off while it came back unheard',
    reasons: requested,
    ...refunded,
    delivery: 'RETURNED',
    mails: toldOfMoney,
  },
];

/** The row of the table that this is; undefined where there is none, which must not be. */
export function endStateOf({ reason, reservation, payment, delivery, mails }: LeftBehind): EndState | undefined {
  return END_STATES.find(
    (one) =>
      (reason === undefined ? one.reasons.length === 0 : one.reasons.includes(reason)) &&
      one.reservation === reservation &&
      one.payment === payment &&
      one.delivery === delivery &&
      String([...one.mails].sort()) === String([...mails].sort()),
  );
}

/** Of each unit that was ordered, what has left the stock for good. */
export const isSold = ({ reservation }: Pick<LeftBehind, 'reservation'>): boolean => reservation === 'COMMITTED';

/** Payments less refunds are the order's total; else nothing. */
export const isPaid = ({ payment }: Pick<LeftBehind, 'payment'>): boolean => payment === 'CHARGED';
