/**
 * Where the Saga goes another way than older code has gone: docs/changing-the-saga.md. Their ids stand in histories.
 */
export const PATCHES = {
  /** A report that is known already is no sign of life. */
  repeatsSayNothing: 'repeats-say-nothing',
  /** The delivery service is asked what the carrier has said. */
  asksForReports: 'asks-for-reports',
  /** The step that starts a delivery may answer with reports, of which older code took no notice. */
  readsReportsAtTheStart: 'reads-reports-at-the-start',
  /** A record that was settled, or completed by hand, is written all the same. */
  recordsUntilWritten: 'records-until-written',
  /** A run that a reset has made asks the order's row before each step: an earlier run may have been told more. */
  asksTheRowAfterReset: 'asks-the-row-after-reset',
  /** An order of REVIEW_ABOVE or more waits for a person before it is charged. */
  waitsForReview: 'waits-for-review',
  /** What an order that is paid at the hand-over holds is taken: an order worker of before has charged it at once. */
  takesHeldPayment: 'takes-held-payment',
} as const;
