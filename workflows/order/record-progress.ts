import { CancellationScope, patched, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { OrderActivities, OrderProgress, Recorded } from '../../contracts/activities/order-activities.js';
import { RECORD_TIMEOUTS } from '../../contracts/step-timeouts.js';
import { TASK_QUEUES } from '../../contracts/task-queues.js';
import { wasWritten, writtenAt } from './given-by-hand.js';
import { PATCHES } from './patches.js';

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
export type Persevere = (run: () => Promise<Recorded | null>) => Promise<Recorded | null | undefined>;

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
