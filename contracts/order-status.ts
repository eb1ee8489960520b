/** The way of an order. CANCELLING stands while the undo runs; COMPLETED and CANCELLED are final. */
export const ORDER_STATUSES = [
  'PENDING',
  'INVENTORY_RESERVED',
  'PAYMENT_COMPLETED',
  'DELIVERY_STARTED',
  'COMPLETED',
  'CANCELLING',
  'CANCELLED',
] as const;

export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const CANCEL_REASONS = [
  'INSUFFICIENT_STOCK',
  'REVIEW_REJECTED',
  'PAYMENT_DECLINED',
  'PAYMENT_TIMEOUT',
  'DELIVERY_REFUSED',
  'DELIVERY_RETURNED',
  'CUSTOMER_REQUEST',
  'OPERATOR_REQUEST',
] as const;

export type CancelReason = (typeof CANCEL_REASONS)[number];

/** Of an order that is not charged before a person has looked at it. One that is undone undecided has none any more. */
export const REVIEWS = ['WAITING', 'APPROVED', 'REJECTED'] as const;

export type Review = (typeof REVIEWS)[number];

/**
 * The next statuses of each. An order only ever moves forward, so a write that comes late, or again after a reset,
 * is recognised and changes nothing. CANCELLED straight from PENDING is an order with nothing to undo.
 */
export const ORDER_TRANSITIONS: Record<OrderStatus, readonly OrderStatus[]> = {
  PENDING: ['INVENTORY_RESERVED', 'CANCELLING', 'CANCELLED'],
  INVENTORY_RESERVED: ['PAYMENT_COMPLETED', 'CANCELLING'],
  PAYMENT_COMPLETED: ['DELIVERY_STARTED', 'CANCELLING'],
  DELIVERY_STARTED: ['COMPLETED', 'CANCELLING'],
  CANCELLING: ['CANCELLED'],
  COMPLETED: [],
  CANCELLED: [],
};

/**
 * Whether an order in `from` may move to `to`: forward, also past a status that was never written down. But never past
 * CANCELLING: an order that is CANCELLED without it comes from a run, after a reset, that found nothing to undo.
 */
export function mayMove(from: OrderStatus, to: OrderStatus): boolean {
  return ORDER_TRANSITIONS[from].some((next) => next === to || (next !== 'CANCELLING' && mayMove(next, to)));
}

export function isFinal(status: OrderStatus): boolean {
  return ORDER_TRANSITIONS[status].length === 0;
}
