import type { CancelReason } from '../../contracts/order-status.js';
import type { SagaStep } from '../../contracts/saga-steps.js';
import type { Topic } from '../../contracts/topics.js';

/** A way that an order can end, and what is seen of it. tests/e2e/saga-document.e2e.test.ts goes them. */
export interface SagaOutcome {
  outcome: string;
  trigger: string;
  done: readonly SagaStep[];
  /** Groups one after the other; what is in one group doesn't wait for each other. */
  undone: readonly (readonly SagaStep[])[];
  reason?: CancelReason;
  events: readonly Topic[];
}

const begun = ['order-created', 'inventory-reserved'] as const;
const charged = [...begun, 'payment-completed'] as const;
const onItsWay = [...charged, 'delivery-started'] as const;
const moneyAndStock = ['refund-payment', 'release-stock'] as const;

export const SAGA_OUTCOMES = {
  delivered: {
    outcome: 'delivered',
    trigger: 'the carrier says `delivered`',
    done: ['reserve-stock', 'charge-payment', 'start-delivery', 'commit-stock'],
    undone: [],
    events: [...onItsWay, 'delivery-completed', 'order-completed'],
  },
  insufficient: {
    outcome: 'not enough stock',
    trigger: 'a line wants more than there is',
    done: [],
    undone: [],
    reason: 'INSUFFICIENT_STOCK',
    events: ['order-created', 'inventory-failed', 'order-cancelled'],
  },
  rejected: {
    outcome: 'rejected on review',
    trigger: '`reject`, where its total is `REVIEW_ABOVE` or more or its payment method asks for review',
    done: ['reserve-stock'],
    undone: [['release-stock']],
    reason: 'REVIEW_REJECTED',
    events: [...begun, 'order-cancelled'],
  },
  declined: {
    outcome: 'payment declined',
    trigger: 'the provider refuses the charge',
    done: ['reserve-stock'],
    undone: [['release-stock']],
    reason: 'PAYMENT_DECLINED',
    events: [...begun, 'payment-failed', 'order-cancelled'],
  },
  notPaidInTime: {
    outcome: 'payment not made in time',
    trigger:
      'the charge has not succeeded, and was not settled, within `PAYMENT_WINDOW` or the window of its payment method',
    done: ['reserve-stock'],
    undone: [moneyAndStock],
    reason: 'PAYMENT_TIMEOUT',
    events: [...begun, 'payment-failed', 'order-cancelled'],
  },
  refused: {
    outcome: 'delivery refused',
    trigger: 'the carrier refuses the parcel',
    done: ['reserve-stock', 'charge-payment'],
    undone: [moneyAndStock],
    reason: 'DELIVERY_REFUSED',
    events: [...charged, 'order-cancelled'],
  },
  returned: {
    outcome: 'delivery returned',
    trigger: 'the carrier says `returned`',
    done: ['reserve-stock', 'charge-payment', 'start-delivery'],
    undone: [moneyAndStock],
    reason: 'DELIVERY_RETURNED',
    events: [...onItsWay, 'order-cancelled'],
  },
  cancelled: {
    outcome: 'cancelled by its customer',
    trigger: '`POST /orders/{id}/cancel`, before the carrier has it',
    done: ['reserve-stock', 'charge-payment', 'start-delivery'],
    undone: [['cancel-delivery'], moneyAndStock],
    reason: 'CUSTOMER_REQUEST',
    events: [...onItsWay, 'order-cancelled'],
  },
  givenUp: {
    outcome: 'given up by an operator',
    trigger: "`giveUp`, an admin's cancel, or Temporal's own cancellation",
    done: ['reserve-stock', 'charge-payment', 'start-delivery'],
    undone: [['cancel-delivery'], moneyAndStock],
    reason: 'OPERATOR_REQUEST',
    events: [...onItsWay, 'order-cancelled'],
  },
} as const satisfies Record<string, SagaOutcome>;
