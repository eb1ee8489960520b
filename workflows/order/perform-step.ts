import { CancellationScope, condition, sleep } from '@temporalio/workflow';
import type { OrderPatch, TimelineEntry } from '../../contracts/activities/order-activities.js';
import { type AttentionStep, ATTENTION_PAUSES_MS } from '../../contracts/saga-steps.js';
import { type CurrentDetails, showInSearch } from './operator-view.js';
import { type FailureCause, stepEntry, causeOf, refusalOf, StepRefused, StepTooLate } from './step-outcome.js';
import { type OrderJournal, SettledBefore } from './order-journal.js';
import { SETTLED_BEFORE_DETAIL, SETTLED_DETAIL } from '../../contracts/timeline.js';

/** `retry`: go now. `settled`: it was put right elsewhere, go on without it. */
type OperatorAnswer = 'retry' | 'settled';

interface Waiting extends NonNullable<OrderPatch['attention']> {
  /** In a row. */
  failures: number;
  answer?: OperatorAnswer;
  /** Stops what the step is doing, so that the answer counts at once. */
  interrupt?: () => void;
}

type Outcome<T> = { kind: 'done'; result: T } | { kind: 'failed'; error: unknown } | { kind: OperatorAnswer };

/** What the order waits for and nobody here can bring about. */
interface AwaitedFromOutside {
  step: AttentionStep;
  cause: FailureCause;
  /** How often it is asked for. */
  count: number;
  /** What stands in the timeline when it came by itself, and when the operator settled it. */
  answers: { done: string; settled: string };
}

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
    for (const waiting of this.#waiting) give(waiting, answer);
  }

  /** What the step waits for may be there: it goes on now, as after a retry. */
  wake(step: AttentionStep): void {
    const waiting = this.#find(step);
    // What an operator has answered counts more.
    if (waiting !== undefined && waiting.answer === undefined) give(waiting, 'retry');
  }

  /** How often an operator has asked to go on, whether anything waited for them or not. */
  get retries(): number {
    return this.#retries;
  }

  /** The same up to the last time that something waited: those since then nobody has heeded. */
  get heededRetries(): number {
    return this.#heededRetries;
  }

  /** Shows the order to operators, and why; again only when the cause changes. Answers with how often in a row it has failed. */
  async ask(step: AttentionStep, cause: FailureCause, attempts: number): Promise<number> {
    const known = this.#find(step);
    const isTold = known?.reason === cause.reason && known.error === cause.error;
    const waiting: Waiting = known ?? { step, since: new Date().toISOString(), ...cause, failures: 0 };
    Object.assign(waiting, cause, { failures: waiting.failures + 1 });
    if (isTold) return waiting.failures;

    if (known === undefined) this.#waiting.push(waiting);
    this.details.waits(step, shownOf(waiting));
    const count = (this.#asked.get(step) ?? 0) + 1;
    this.#asked.set(step, count);
    const entry = { ...stepEntry(step, 'failing', attempts, cause.error), key: `attention-${step}-${count}` };
    // What can't be written down can't be told by the row either.
    if (step !== 'record-progress') await this.journal.record({ attention: this.#shown() }, entry);
    this.#show();
    return waiting.failures;
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

  /** Asks an operator, and waits until it came, or they have answered. */
  async untilCome(
    { step, cause, count, answers }: AwaitedFromOutside,
    hasCome: () => boolean,
  ): Promise<'settled' | 'waits on'> {
    this.details.begins(step, count);
    try {
      await this.ask(step, cause, count);
      const { kind } = await this.untilAnswered(step, () => condition(hasCome));
      if (kind === 'failed') return 'waits on'; // Nothing in it can.
      this.clear(step);
      const detail = kind === 'retry' ? 'waits on' : answers[kind];
      await this.journal.record({}, { ...stepEntry(step, 'done', count, detail), key: `${step}-${count}` });
      return kind === 'settled' ? kind : 'waits on';
    } finally {
      this.clear(step);
      this.details.ends(step);
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

function give(waiting: Waiting, answer: OperatorAnswer): void {
  waiting.answer = answer;
  waiting.interrupt?.();
}

function takeAnswer(waiting: Waiting | undefined): OperatorAnswer | undefined {
  const answer = waiting?.answer;
  if (waiting) delete waiting.answer;
  return answer;
}

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
          pauseMs = pauseAfter(await attention.ask(step, causeOf(outcome.error), attempts));
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
