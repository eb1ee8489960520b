import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { AttentionReason } from '../../contracts/saga-steps.js';

export interface FailureCause {
  reason: AttentionReason;
  error: string;
}

/** A code and a name, never the message: that may hold what customers must not see. Operators find it in the history. */
export function causeOf(error: unknown): FailureCause {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) {
    const lastAnswer = cause.failure?.cause?.applicationFailureInfo;
    if (lastAnswer) return { reason: 'UNAVAILABLE', error: named(lastAnswer.type) };
    return { reason: 'TIMED_OUT', error: `timed out (${cause.timeoutType})` };
  }
  if (!(cause instanceof ApplicationFailure)) return { reason: 'FAILED', error: 'Error' };
  const forGood =
    cause.nonRetryable || (error instanceof ActivityFailure && error.retryState === 'NON_RETRYABLE_FAILURE');
  return { reason: forGood ? 'FAILED' : 'UNAVAILABLE', error: named(cause.type) };
}

/** One that an operator failed by hand has the name ''. */
function named(type: string | null | undefined): string {
  return type === undefined || type === null || type === '' ? 'Error' : type;
}
