import { ApplicationFailure } from '@temporalio/activity';
import type { RefusalType } from '../contracts/refusals.js';

/** A business answer: final, so not retried, and nothing went wrong, so not counted or logged as a failure. */
export function refusal(type: RefusalType, message: string, details?: object): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: true,
    category: 'BENIGN',
    ...(details === undefined ? {} : { details: [details] }),
  });
}
