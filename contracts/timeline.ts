import { SHOWN_ATTENTION_STEPS } from './saga-steps.js';

/** How the review of an order is decided. */
export const REVIEW_DECISIONS = ['approve', 'reject'] as const;

/** What operators can ask of an order that needs attention, or waits for review. */
export const OPERATOR_REQUESTS = ['retry', 'give-up', 'settled', ...REVIEW_DECISIONS] as const;

export type OperatorRequest = (typeof OPERATOR_REQUESTS)[number];

/** An operator has put right what a reconciliation found; its entry's detail is the finding, and only admins see it. */
export const ACKNOWLEDGED = 'acknowledged';

/** What an order's timeline tells of: the Saga's steps and compensations, the carrier's silence, and what else happened to the order. */
export const TIMELINE_STEPS = [
  'order-created',
  ...SHOWN_ATTENTION_STEPS,
  'in-transit',
  'returned',
  'refunded',
  'restocked',
  'cancel',
  'cancelled',
  ...OPERATOR_REQUESTS,
  ACKNOWLEDGED,
] as const;

export type TimelineStep = (typeof TIMELINE_STEPS)[number];

/**
 * How it ended. `failing`: it does not succeed, and waits for an operator. `unconfirmed`: an operator asked, and whether
 * the Saga has heard it is not known. `timed-out`: its time has run out before it succeeded.
 */
export const TIMELINE_OUTCOMES = ['done', 'refused', 'failing', 'timed-out', 'undone', 'asked', 'unconfirmed'] as const;

export type TimelineOutcome = (typeof TIMELINE_OUTCOMES)[number];

/** Detail of the entry of a step that an operator put right elsewhere: its service's books can't tell of it. */
export const SETTLED_DETAIL = 'settled by an operator';

/** Of a step that a later run, or the undo of a repair, so leaves alone. */
export const SETTLED_BEFORE_DETAIL = 'settled by an operator before';
