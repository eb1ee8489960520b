import { CancellationScope } from '@temporalio/workflow';
import { StepRefused } from './step-refused.js';
import { StepTooLate } from './step-too-late.js';
import { notPaidInTime, refusedBy, requestedBy, type UndoCause } from './undo-cause.js';

/** Lets a wish to undo the order, or a refusal, end its story wherever that is. */
export class CallOff {
  readonly #story = new CancellationScope();
  #wish: UndoCause | undefined;
  #refused = false;

  /** The first wish counts. Temporal's own cancellation needs none: it ends the scope from outside. */
  wish(cause: UndoCause): void {
    this.#wish ??= cause;
    this.#story.cancel();
  }

  /** Delivered already: nothing may be undone any more. */
  refuse(): void {
    this.#refused = true;
  }

  get wasRefused(): boolean {
    return this.#refused;
  }

  /** Runs the story to its end, and says why the order has to be undone, if it has to. */
  async during(story: () => Promise<UndoCause | undefined>): Promise<UndoCause | undefined> {
    try {
      return await this.#story.run(story);
    } catch (error) {
      if (error instanceof StepRefused) return refusedBy(error);
      if (error instanceof StepTooLate) return notPaidInTime(error);
      if (this.#story.consideredCancelled) return this.#wish ?? requestedBy('operator');
      throw error;
    }
  }
}
