import { CancelledFailure, CancellationScope } from '@temporalio/workflow';
import { COMPENSATIONS, compensationOf, type Compensation, type SagaStep } from '../../contracts/saga-steps.js';

/**
 * What has to be undone if the order is. Each is registered before its step runs, because a step that timed out may
 * have happened all the same; undoing what never happened is harmless, and makes the late step refuse.
 */
export class Compensations {
  readonly #registered: Compensation[] = [];

  /** Throws a cancellation when the order is being called off: then the step must not begin. */
  registerFor(step: SagaStep): void {
    const compensation = compensationOf(step);
    if (compensation === undefined) return;
    stopIfCalledOff();
    this.#registered.unshift(compensation);
  }

  /** Where it isn't known what another run, or a workflow that is gone, had begun. */
  registerAll(): void {
    this.#registered.splice(0, this.#registered.length, ...[...COMPENSATIONS].reverse());
  }

  /** The step never will have happened: its service refused it, and wrote that down. */
  dropFor(step: SagaStep): void {
    const compensation = compensationOf(step);
    if (compensation !== undefined) this.drop(compensation);
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
