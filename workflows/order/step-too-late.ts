import type { TimelineEntry } from '../../contracts/activities/order-activities.js';
import type { AttentionStep } from '../../contracts/saga-steps.js';
import { causeOf } from './failure-cause.js';
import { stepEntry } from './timeline-entry.js';

/** A step that was not done in its window. It may have happened all the same: only its compensation can tell. */
export class StepTooLate extends Error {
  readonly entry: TimelineEntry;

  constructor(step: AttentionStep, attempts: number, lastError: unknown) {
    super(`${step} was not done in its window`);
    this.entry = stepEntry(step, 'timed-out', attempts, causeOf(lastError).error);
  }
}
