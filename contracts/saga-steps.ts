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
