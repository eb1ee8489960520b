import type {
  OrderPatch,
  OrderActivities,
  OrderProgress,
  Recorded,
  TimelineEntry,
} from '../../contracts/activities/order-activities.js';
import type { Order, PlacedOrder, ShownState } from '../../contracts/http/orders.js';
import { advance, PENDING, shownState, stateOfShown } from '../../services/order/domain/order-state.js';
import { CancellationScope, patched, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import { RECORD_TIMEOUTS, type AttentionStep } from '../../contracts/saga-steps.js';
import { TASK_QUEUES } from '../../contracts/services.js';
import { wasWritten, writtenAt, stepEntry } from './step-outcome.js';
import { PATCHES } from './patches.js';
import { stopIfCancelled } from './cancellation.js';
import { retryPolicyOf } from './step-activities.js';

const { local, regular, failForGood } = RECORD_TIMEOUTS;
const nonRetryableErrorTypes = [...failForGood];

const inThisProcess = proxyLocalActivities<OrderActivities>({
  startToCloseTimeout: local.startToCloseMs,
  retry: {
    maximumAttempts: local.maximumAttempts,
    initialInterval: local.initialIntervalMs,
    nonRetryableErrorTypes,
  },
});

const throughTheQueue = proxyActivities<OrderActivities>({
  taskQueue: TASK_QUEUES.order,
  startToCloseTimeout: regular.startToCloseMs,
  retry: {
    ...retryPolicyOf(regular.retry),
    nonRetryableErrorTypes,
  },
});

/** Runs what does not succeed until it does, and asks an operator meanwhile; undefined: it was settled elsewhere. */
type Persevere = (run: () => Promise<Recorded | null>) => Promise<Recorded | null | undefined>;

/**
 * The order service's own part of a step. Local, because that costs one event instead of six; but not for long,
 * because a local activity holds the workflow task. What happened has to be written down, also in an order that is
 * being undone: so it can't be cancelled, and doesn't end before it is written. To settle it, or to complete it by hand,
 * is to try it again: nothing else would ever tell the row.
 */
export function recordProgress(
  progress: OrderProgress,
  attentionAfterMs: number,
  persevere: Persevere,
): Promise<Recorded> {
  const summary = summaryOf(progress);
  const args: [OrderProgress, string] = [progress, workflowInfo().firstExecutionRunId];
  const throughQueue = () =>
    throughTheQueue.recordProgress.executeWithOptions({ summary, scheduleToCloseTimeout: attentionAfterMs }, args);
  return CancellationScope.nonCancellable(async () => {
    try {
      return await inThisProcess.recordProgress.executeWithOptions({ summary }, args);
    } catch {
      for (;;) {
        const written = await persevere(throughQueue);
        if (wasWritten(written) || !patched(PATCHES.recordsUntilWritten))
          return { ...(written && rowIn(written)), updatedAt: writtenAt(written) };
      }
    }
  });
}

/** What a run after a reset is told. */
function rowIn({ afterReset, settled = [] }: Recorded): Partial<Recorded> {
  return afterReset === undefined ? {} : { afterReset, settled };
}

/** Beside the activity in the Web UI. */
function summaryOf({ entry, patch }: OrderProgress): string {
  const status = patch.status === undefined ? '' : `, the order is ${patch.status}`;
  return `write down: ${entry.step} ${entry.outcome}${status}`;
}

/** The order as its row has it. Written first, then shown: an answer never runs ahead of the row. */
export class OrderJournal {
  #state = PENDING;
  #updatedAt: string;
  #wasReset = false;
  #settledBefore: readonly AttentionStep[] = [];
  #withTheNext: OrderPatch = {};
  #lastWrite: Promise<void> = Promise.resolve();

  /**
   * `write` doesn't end before it is written. `afterReset` is told what the row has, with each record of a run that a
   * reset has made: an earlier run may have brought the order further.
   */
  constructor(
    private readonly placed: PlacedOrder,
    private readonly write: (progress: OrderProgress) => Promise<Recorded>,
    private readonly afterReset: (row: ShownState) => void,
  ) {
    this.#updatedAt = placed.createdAt;
  }

  get order(): Order {
    return { ...this.placed, ...shownState(this.#state, this.#updatedAt) };
  }

  /** Known from the first record on that this run has made anew. */
  get wasReset(): boolean {
    return this.#wasReset;
  }

  /** What operators put right elsewhere, as the row has it: known where `wasReset` is. */
  get settledBefore(): readonly AttentionStep[] {
    return this.#settledBefore;
  }

  get stockIsDecided(): boolean {
    return this.#state.stockDecision !== null;
  }

  /** One record after the other, so that the row never learns an older thing after a newer one. Never fails. */
  record(patch: OrderPatch, entry: TimelineEntry, events: OrderProgress['events'] = []): Promise<void> {
    const progress: OrderProgress = {
      orderId: this.placed.id,
      patch: { ...this.#withTheNext, ...patch },
      entry,
      events,
    };
    this.#withTheNext = {};
    this.#lastWrite = this.#lastWrite.then(() => this.#write(progress));
    return this.#lastWrite;
  }

  /** For what may wait for the next record, which soon follows. */
  recordWithTheNext(patch: OrderPatch): void {
    this.#withTheNext = { ...this.#withTheNext, ...patch };
  }

  async #write(progress: OrderProgress): Promise<void> {
    const { updatedAt, afterReset, settled = [] } = await this.write(progress);
    const { state } = advance(this.#state, progress.patch);
    this.#state = afterReset ? { ...stateOfShown(afterReset), stockDecision: state.stockDecision } : state;
    this.#updatedAt = afterReset?.updatedAt ?? updatedAt;
    if (afterReset === undefined) return;
    this.#wasReset = true;
    this.#settledBefore = settled;
    this.afterReset(afterReset);
  }
}

/** The row says that an operator had put the step right elsewhere: it must not be done any more. */
export class SettledBefore extends Error {}

/** Of what a run before a reset, or the workflow before a repair, has left in the order's row. */
export class EarlierRuns {
  readonly #asked = new Map<AttentionStep, number>();

  constructor(private readonly journal: OrderJournal) {}

  /**
   * Before each attempt: the reset may be to before any of them. Throws SettledBefore. Runs the step without a turn of the
   * event loop in between where there is nothing to ask: histories that are older than this class had none.
   */
  unlessSettled<T>(step: AttentionStep, run: () => Promise<T>): Promise<T> {
    const go = () => {
      if (this.journal.settledBefore.includes(step)) throw new SettledBefore();
      return run();
    };
    return isAfterReset() ? this.#ask(step).then(go) : go();
  }

  /** An earlier run had paid the order, or was told that it was paid. Throws a cancellation when it is being undone. */
  async hadPaid(): Promise<boolean> {
    if (!isAfterReset()) return false;
    await this.#ask('charge-payment');
    stopIfCancelled();
    return ['PAYMENT_COMPLETED', 'DELIVERY_STARTED', 'COMPLETED'].includes(this.journal.order.status);
  }

  /** By a line of its timeline, whose answer has the row: so what is done a second time is written down, too. */
  #ask(step: AttentionStep): Promise<void> {
    const count = (this.#asked.get(step) ?? 0) + 1;
    this.#asked.set(step, count);
    return this.journal.record(
      {},
      { ...stepEntry(step, 'asked', count, 'after a reset'), key: `again-${step}-${count}` },
    );
  }
}

/**
 * In the part of a run that is its own, if a reset has made it. A history can't say so: its beginning is an earlier
 * run's, and no event of it tells. But only a run that was reset, and has come to what is its own, ever writes this
 * patch's marker; so on replay the marker alone decides.
 */
function isAfterReset(): boolean {
  const { runId, originalExecutionRunId, unsafe } = workflowInfo();
  return (unsafe.isReplaying || runId !== originalExecutionRunId) && patched(PATCHES.asksTheRowAfterReset);
}
