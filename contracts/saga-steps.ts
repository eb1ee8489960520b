/** The Saga's steps and compensations that another service performs; each may have to wait for an operator. */
export const SAGA_STEPS = [
  'reserve-stock',
  'charge-payment',
  'start-delivery',
  'commit-stock',
  'cancel-delivery',
  'refund-payment',
  'release-stock',
] as const;

export type SagaStep = (typeof SAGA_STEPS)[number];

/**
 * All that an order may need an operator for. Besides the steps: the carrier, which says nothing, and the order
 * service's own part of a step, which can not be written down: that is only seen in the search attributes.
 */
export const ATTENTION_STEPS = [...SAGA_STEPS, 'await-delivery', 'record-progress'] as const;

export type AttentionStep = (typeof ATTENTION_STEPS)[number];

/**
 * What an order's row names where it needs attention: what its Saga waits for, or `saga`: its workflow itself can't go on,
 * which somebody else had to notice.
 */
export const SHOWN_ATTENTION_STEPS = [...ATTENTION_STEPS, 'saga'] as const;

export type ShownAttentionStep = (typeof SHOWN_ATTENTION_STEPS)[number];

/** How an order can stand still without its workflow saying so: the `error` of an attention at `saga`. */
export const STALLS = {
  WorkflowTaskFails:
    'its workflow task fails again and again: a payload key is missing, its build can not replay it, a bug',
  WorkflowTaskWaits: 'no worker takes its workflow task: that of the build that it is pinned to is away',
  WorkflowEnded: 'its workflow was terminated, has failed, or ended without the row having learnt how',
  WorkflowGone: 'Temporal has no workflow of it any more',
  WorkflowNotStarted: 'it was placed, and its workflow can not be started',
  NothingMoves: 'its workflow runs, and its row has learnt nothing for longer than it may wait for anything',
} as const;

export type Stall = keyof typeof STALLS;

/** Why a step waits; a code, never a message, because search attributes are not encrypted. */
export const ATTENTION_REASONS = ['UNAVAILABLE', 'TIMED_OUT', 'FAILED', 'SILENT'] as const;

export type AttentionReason = (typeof ATTENTION_REASONS)[number];

/** For operators and documents. */
export const ATTENTION_MEANS: Record<AttentionReason, string> = {
  UNAVAILABLE: 'the service answers, but that it can not',
  TIMED_OUT: 'nobody answers: no worker, or one that hangs',
  FAILED: 'it fails for good without being refused: trying again without a change will not help',
  SILENT: 'the carrier has said nothing for too long',
};
