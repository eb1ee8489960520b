import { activityInfo } from '@temporalio/activity';
import type { OrderActivities, OrderProgress } from '../../contracts/activities/order-activities.js';
import { UNDO_ABANDONED_ORDER } from '../../contracts/reconciliation.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import { withOrderId } from '../../platform/log-context.js';
import type { Logger } from '../../platform/logger.js';
import { activeTraceId, activeTraceparent } from '../../platform/telemetry/trace-context.js';
import type { PrismaClient } from '../../services/order/prisma/generated/client.js';
import { shownState } from '../../services/order/domain/order-state.js';
import { createTimelineStore } from '../../services/order/timeline-store.js';
import { recentOrders, recordProgress, type Recorded } from '../../services/order/progress-store.js';

export interface OrderActivitiesSettings {
  prisma: PrismaClient;
  logger: Logger;
}

/** The order service's own part of the Saga. */
export function createOrderActivities({ prisma, logger }: OrderActivitiesSettings): OrderActivities {
  const timeline = createTimelineStore(prisma);
  const recent = recentOrders();
  return {
    recordProgress: (progress, firstRunId) =>
      withOrderId(progress.orderId, async () => {
        const trace = { traceparent: activeTraceparent(), traceId: activeTraceId() };
        const { workflowExecution, workflowType } = activityInfo();
        const runId = workflowExecution?.runId ?? '';
        // So has one that undoes what another had begun.
        const wasReset = runId !== firstRunId || workflowType === UNDO_ABANDONED_ORDER;
        const { entry } = progress;
        // What a run does again is a line of its own, below that of the run before.
        const inItsRun = wasReset ? { ...progress, entry: { ...entry, key: `${entry.key}-${runId}` } } : progress;
        crashPoint('record: before');
        const recorded = await recordProgress(prisma, inItsRun, trace, recent);
        crashPoint('record: written');
        tell(logger, progress, recorded);
        const updatedAt = recorded.updatedAt.toISOString();
        if (!wasReset) return { updatedAt };
        const afterReset = shownState(recorded.state, updatedAt);
        return { updatedAt, afterReset, settled: await timeline.settled(progress.orderId) };
      }),
  };
}

/** Once per order and end: a record that comes again moves nothing. */
function tell(logger: Logger, { orderId, patch }: OrderProgress, { moved }: Recorded): void {
  if (moved === 'COMPLETED') logger.info({ orderId }, 'order completed');
  if (moved === 'CANCELLED') logger.info({ orderId, reason: patch.cancelReason }, 'order cancelled');
}
