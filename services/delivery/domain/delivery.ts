import { DELIVERY_STATUSES, type CarrierEvent, type DeliveryStatus } from '../../../contracts/http/deliveries.js';

/**
 * What is shown outside, and three that are not: PENDING, the carrier was asked and its answer is not known; REFUSED by
 * it; VOIDED, the mark of a calling off that came before the start.
 */
export type DeliveryState = DeliveryStatus | 'PENDING' | 'REFUSED' | 'VOIDED';

/** The delivery of one order. */
export interface Delivery {
  /** The carrier's reference too. */
  id: string;
  orderId: string;
  userId: number;
  state: DeliveryState;
  /** Both since the carrier has it. */
  carrier: string | undefined;
  trackingNumber: string | undefined;
  /** The carrier's code; with REFUSED. */
  refusalCode: string | undefined;
}

/** A carrier's reports may overtake one another: delivered can come before in transit, which then comes too late. */
export const DELIVERY_TRANSITIONS: Record<DeliveryState, readonly DeliveryState[]> = {
  PENDING: ['STARTED', 'REFUSED', 'VOIDED'],
  STARTED: ['IN_TRANSIT', 'DELIVERED', 'RETURNED', 'CANCELLED'],
  IN_TRANSIT: ['DELIVERED', 'RETURNED', 'CANCELLED'],
  DELIVERED: [],
  RETURNED: [],
  CANCELLED: [],
  REFUSED: [],
  VOIDED: [],
};

/** Where each report of the carrier brings a delivery. */
export const STATE_AFTER: Record<CarrierEvent, DeliveryStatus> = {
  in_transit: 'IN_TRANSIT',
  delivered: 'DELIVERED',
  returned: 'RETURNED',
};

/** The states that a delivery may be in just before it moves to `next`. */
export function statesBefore(next: DeliveryState): DeliveryState[] {
  const states = Object.entries(DELIVERY_TRANSITIONS) as [DeliveryState, readonly DeliveryState[]][];
  return states.filter(([, following]) => following.includes(next)).map(([state]) => state);
}

/** The report of `next` was overtaken by the one that brought `state`: it happened, and changes nothing any more. */
export function isOvertaken(next: DeliveryStatus, state: DeliveryState): boolean {
  return next === 'IN_TRANSIT' && (state === 'DELIVERED' || state === 'RETURNED');
}

/** A report that `state` bears out; any other came after an end that it contradicts, and is only kept. */
export function counts(report: CarrierEvent, state: DeliveryState): boolean {
  return STATE_AFTER[report] === state || isOvertaken(STATE_AFTER[report], state);
}

/** Nothing can follow. */
export function isFinal(state: DeliveryState): boolean {
  return DELIVERY_TRANSITIONS[state].length === 0;
}

/** The states that callers see. */
export const shownStates: readonly DeliveryStatus[] = DELIVERY_STATUSES;

export function isShown(state: DeliveryState): state is DeliveryStatus {
  return (shownStates as readonly DeliveryState[]).includes(state);
}
