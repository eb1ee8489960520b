import { CancelledFailure, CancellationScope } from '@temporalio/workflow';
import type { SagaStep } from '../../contracts/saga-steps.js';

/** What undoes each step. Commit is not among them: it comes after delivery, when nothing may be undone any more. */
export const UNDONE_BY = {
  'reserve-stock': 'release-stock',
  'charge-payment': 'refund-payment',
  'start-delivery': 'cancel-delivery',
} as const satisfies Partial<Record<SagaStep, SagaStep>>;

export type UndoableStep = keyof typeof UNDONE_BY;
export type Compensation = (typeof UNDONE_BY)[UndoableStep];

/**
 * What has to be undone if the order is. Each is registered before its step runs, because a step that timed out may
 * have happened all the same; undoing what never happened is harmless, and makes the late step refuse.
 */
export class Compensations {
  readonly #registered: Compensation[] = [];

  /** Throws a cancellation when the order is being called off: then the step must not begin. */
  registerFor(step: UndoableStep): void {
    stopIfCalledOff();
    this.#registered.unshift(UNDONE_BY[step]);
  }

  /** For a run after a reset, which doesn't know what the one before it had begun. */
  registerAll(): void {
    this.#registered.splice(0, this.#registered.length, ...Object.values(UNDONE_BY).reverse());
  }

  /** The step never will have happened: its service refused it, and wrote that down. */
  dropFor(step: SagaStep): void {
    if (step in UNDONE_BY) this.drop(UNDONE_BY[step as UndoableStep]);
  }

  drop(compensation: Compensation): void {
    const at = this.#registered.indexOf(compensation);
    if (at >= 0) this.#registered.splice(at, 1);
  }

  get newestFirst(): readonly Compensation[] {
    return this.#registered;
  }
}

/** Throws a cancellation when the order is being called off: then nothing may begin. */
export function stopIfCalledOff(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The order is called off');
}
