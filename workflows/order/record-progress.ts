import { CancellationScope, proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { OrderActivities, OrderProgress } from '../../contracts/activities/order-activities.js';
import { RECORD_TIMEOUTS } from '../../contracts/step-timeouts.js';
import { TASK_QUEUES } from '../../contracts/task-queues.js';
import { writtenAt } from './given-by-hand.js';

const { local, regular } = RECORD_TIMEOUTS;

const inThisProcess = proxyLocalActivities<OrderActivities>({
  startToCloseTimeout: local.startToCloseMs,
  retry: { maximumAttempts: local.maximumAttempts, initialInterval: local.initialIntervalMs },
});

const throughTheQueue = proxyActivities<OrderActivities>({
  taskQueue: TASK_QUEUES.order,
  startToCloseTimeout: regular.startToCloseMs,
  retry: {
    initialInterval: regular.retry.initialIntervalMs,
    backoffCoefficient: regular.retry.backoffCoefficient,
    maximumInterval: regular.retry.maximumIntervalMs,
  },
});

/**
 * The order service's own part of a step. Local, because that costs one event instead of six; but not for long,
 * because a local activity holds the workflow task. What happened has to be written down, also in an order that is
 * being undone: so it can't be cancelled, and doesn't end before it succeeded.
 */
export function recordProgress(progress: OrderProgress): Promise<{ updatedAt: string }> {
  const summary = summaryOf(progress);
  return CancellationScope.nonCancellable(async () => {
    try {
      return await inThisProcess.recordProgress.executeWithOptions({ summary }, [progress]);
    } catch {
      return recordUntilWritten(progress, summary);
    }
  });
}

/** Beside the activity in the Web UI. */
function summaryOf({ entry, patch }: OrderProgress): string {
  const status = patch.status === undefined ? '' : `, the order is ${patch.status}`;
  return `write down: ${entry.step} ${entry.outcome}${status}`;
}

/** The server tries again by itself; only an attempt that was failed for good, by hand for instance, comes back here. */
async function recordUntilWritten(progress: OrderProgress, summary: string): Promise<{ updatedAt: string }> {
  for (;;) {
    try {
      const written: unknown = await throughTheQueue.recordProgress.executeWithOptions({ summary }, [progress]);
      return { updatedAt: writtenAt(written) };
    } catch {
      await sleep(regular.retry.maximumIntervalMs, { summary: 'then it is written down again' });
    }
  }
}
