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
import { RECORD_TIMEOUTS } from '../../contracts/step-timeouts.js';
import { TASK_QUEUES } from '../../contracts/task-queues.js';
import { wasWritten, writtenAt } from './step-outcome.js';
import { PATCHES } from './patches.js';
import type { AttentionStep } from '../../contracts/saga-steps.js';

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
    initialInterval: regular.retry.initialIntervalMs,
    backoffCoefficient: regular.retry.backoffCoefficient,
    maximumInterval: regular.retry.maximumIntervalMs,
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
