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

/** Why a step waits; a code, never a message, because search attributes are not encrypted. */
export const ATTENTION_REASONS = ['UNAVAILABLE', 'TIMED_OUT', 'FAILED'] as const;

export type AttentionReason = (typeof ATTENTION_REASONS)[number];

/** For operators and documents. */
export const ATTENTION_MEANS: Record<AttentionReason, string> = {
  UNAVAILABLE: 'the service answers, but that it can not',
  TIMED_OUT: 'nobody answers: no worker, or one that hangs',
  FAILED: 'it fails for good without being refused: trying again without a change will not help',
};
