import { CancellationScope } from '@temporalio/workflow';
import type { OrderPatch } from '../../contracts/activities/order-activities.js';
import type { AttentionStep } from '../../contracts/saga-steps.js';
import type { CurrentDetails } from './current-details.js';
import type { FailureCause } from './failure-cause.js';
import type { OrderJournal } from './order-journal.js';
import { showInSearch } from './search-attributes.js';
import { stepEntry } from './timeline-entry.js';

/** `retry`: go now. `settled`: it was put right elsewhere, go on without it. */
export type OperatorAnswer = 'retry' | 'settled';

interface Waiting extends NonNullable<OrderPatch['attention']> {
  answer?: OperatorAnswer;
  /** Stops what the step is doing, so that the answer counts at once. */
  interrupt?: () => void;
}

export type Outcome<T> = { kind: 'done'; result: T } | { kind: 'failed'; error: unknown } | { kind: OperatorAnswer };

/** The steps of an order that wait for an operator: mostly none, seldom two (refund and release). */
export class Attention {
  readonly #waiting: Waiting[] = [];
  /** How often an operator was asked, by step. */
  readonly #asked = new Map<AttentionStep, number>();
  #retries = 0;
  #heededRetries = 0;

  constructor(
    private readonly journal: OrderJournal,
    private readonly details: CurrentDetails,
  ) {}

  /** An operator's answer goes to all that waits now; where nothing waits, a retry is for the wait for the carrier, should that come next. */
  answer(answer: OperatorAnswer): void {
    if (answer === 'retry') this.#retries += 1;
    if (this.#waiting.length > 0) this.#heededRetries = this.#retries;
    for (const waiting of this.#waiting) {
      waiting.answer = answer;
      waiting.interrupt?.();
    }
  }

  /** How often an operator has asked to go on, whether anything waited for them or not. */
  get retries(): number {
    return this.#retries;
  }

  /** The same up to the last time that something waited: those since then nobody has heeded. */
  get heededRetries(): number {
    return this.#heededRetries;
  }

  /** Shows the order to operators, and why; again only when the cause changes. */
  async ask(step: AttentionStep, cause: FailureCause, attempts: number): Promise<void> {
    const known = this.#find(step);
    if (known?.reason === cause.reason && known.error === cause.error) return;

    const waiting: Waiting = known ?? { step, since: new Date().toISOString(), ...cause };
    Object.assign(waiting, cause);
    if (known === undefined) this.#waiting.push(waiting);
    this.details.waits(step, shownOf(waiting));
    const count = (this.#asked.get(step) ?? 0) + 1;
    this.#asked.set(step, count);
    const entry = { ...stepEntry(step, 'failing', attempts, cause.error), key: `attention-${step}-${count}` };
    // What can't be written down can't be told by the row either.
    if (step !== 'record-progress') await this.journal.record({ attention: this.#shown() }, entry);
    this.#show();
  }

  /** Runs `work` until it ends, or until an operator answers for a step that waits. */
  async untilAnswered<T>(step: AttentionStep, work: () => Promise<T>): Promise<Outcome<T>> {
    const waiting = this.#find(step);
    const alreadyAnswered = takeAnswer(waiting);
    if (alreadyAnswered !== undefined) return { kind: alreadyAnswered };

    const order = CancellationScope.current();
    const scope = new CancellationScope();
    if (waiting) waiting.interrupt = () => scope.cancel();
    try {
      return { kind: 'done', result: await scope.run(work) };
    } catch (error) {
      if (order.consideredCancelled) throw error;
      const answer = takeAnswer(waiting);
      return answer === undefined ? { kind: 'failed', error } : { kind: answer };
    }
  }

  /** The step is over, one way or the other. The row learns it with the record that follows. */
  clear(step: AttentionStep): void {
    const waiting = this.#find(step);
    if (waiting === undefined) return;
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    this.journal.recordWithTheNext({ attention: this.#shown() });
    this.#show();
  }

  /** For a row that knows of other attention than this run: an earlier run's. */
  tellAgain(): void {
    this.journal.recordWithTheNext({ attention: this.#shown() });
  }

  #find(step: AttentionStep): Waiting | undefined {
    return this.#waiting.find((waiting) => waiting.step === step);
  }

  /** Of two that wait, the first. */
  #shown(): NonNullable<OrderPatch['attention']> | null {
    const [first] = this.#waiting;
    return first ? shownOf(first) : null;
  }

  #show(): void {
    showInSearch(this.journal.order, this.#shown());
  }
}

function shownOf({ step, since, reason, error }: Waiting): NonNullable<OrderPatch['attention']> {
  return { step, since, reason, error };
}

function takeAnswer(waiting: Waiting | undefined): OperatorAnswer | undefined {
  const answer = waiting?.answer;
  if (waiting) delete waiting.answer;
  return answer;
}
