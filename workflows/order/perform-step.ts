import { sleep } from '@temporalio/workflow';
import type { TimelineEntry } from '../../contracts/activities/order-activities.js';
import type { AttentionStep } from '../../contracts/saga-steps.js';
import { ATTENTION_PAUSES_MS } from '../../contracts/step-timeouts.js';
import { SETTLED_BEFORE_DETAIL, SETTLED_DETAIL } from '../../contracts/timeline.js';
import type { Attention } from './attention.js';
import type { CurrentDetails } from './current-details.js';
import { SettledBefore } from './earlier-runs.js';
import { causeOf } from './failure-cause.js';
import { refusalOf, StepRefused } from './step-refused.js';
import { StepTooLate } from './step-too-late.js';
import { stepEntry } from './timeline-entry.js';

export interface Performed<T> {
  /** undefined: an operator settled it elsewhere. */
  result: T | undefined;
  /** For the timeline. */
  entry: TimelineEntry;
}

/**
 * Performs a step until it succeeded, however long that takes. When the server has tried it for as long as it may
 * (schedule-to-close), an operator is asked, and it goes on by itself with growing pauses: a signal can't wake the
 * server's own back-off, but it can wake these. Throws StepRefused; StepTooLate once it is `until` (milliseconds since
 * the epoch), which `run` has to keep too; or a cancellation when the order is called off.
 */
export async function performStep<T>(
  attention: Attention,
  details: CurrentDetails,
  step: AttentionStep,
  run: () => Promise<T>,
  until = Number.POSITIVE_INFINITY,
): Promise<Performed<T>> {
  let attempts = 0;
  let failures = 0;
  let pauseMs = 0;
  let lastError: unknown;
  const isTooLate = () => Date.now() >= until;
  const tryOnce = async () => {
    if (pauseMs > 0 && !isTooLate()) {
      const rest = Math.min(pauseMs, until - Date.now());
      details.rests(step, rest);
      await sleep(rest, { summary: `then ${step} is tried again` });
    }
    if (isTooLate()) throw lastError;
    attempts += 1;
    details.begins(step, attempts);
    return run();
  };

  try {
    for (;;) {
      const outcome = await attention.untilAnswered(step, tryOnce);
      switch (outcome.kind) {
        case 'done':
          return { result: outcome.result, entry: stepEntry(step, 'done', attempts) };
        case 'settled':
          return { result: undefined, entry: stepEntry(step, 'done', attempts, SETTLED_DETAIL) };
        case 'retry':
          pauseMs = 0;
          break;
        case 'failed': {
          if (outcome.error instanceof SettledBefore)
            return { result: undefined, entry: stepEntry(step, 'done', attempts, SETTLED_BEFORE_DETAIL) };
          const refusal = refusalOf(step, outcome.error);
          if (refusal) throw new StepRefused(step, refusal, attempts);
          if (isTooLate()) throw new StepTooLate(step, attempts, outcome.error);
          lastError = outcome.error;
          failures += 1;
          await attention.ask(step, causeOf(outcome.error), attempts);
          pauseMs = pauseAfter(failures);
        }
      }
    }
  } finally {
    attention.clear(step);
    details.ends(step);
  }
}

function pauseAfter(failures: number): number {
  const last = ATTENTION_PAUSES_MS.length - 1;
  return ATTENTION_PAUSES_MS[Math.min(failures - 1, last)] ?? 0;
}
