import { activityInfo } from '@temporalio/activity';
import type { Registry } from 'prom-client';
import type { OrderActivities, OrderProgress, RefundRecord } from '../../contracts/activities/order-activities.js';
import { isFinal } from '../../contracts/order-status.js';
import { UNDO_ABANDONED_ORDER } from '../../contracts/reconciliation.js';
import { writeAudit } from '../../platform/audit.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import { withOrderId } from '../../platform/log-context.js';
import type { Logger } from '../../platform/logger.js';
import { counter, histogram } from '../../platform/metrics.js';
import { activeTraceId, activeTraceparent } from '../../platform/telemetry/trace-context.js';
import type { PrismaClient } from '../../services/order/prisma/generated/client.js';
import { shownState } from '../../services/order/domain/order-state.js';
import { createTimelineStore } from '../../services/order/timeline-store.js';
import {
  recentOrders,
  recordProgress,
  recordRefund,
  recordRestock,
  type Recorded,
} from '../../services/order/progress-store.js';

export interface OrderActivitiesSettings {
  prisma: PrismaClient;
  logger: Logger;
  registry: Registry;
}

/** The order service's own part of the Saga. */
export function createOrderActivities({
  prisma,
  logger,
  registry,
}: OrderActivitiesSettings): OrderActivities & RefundRecord {
  const count = countsOf(registry);
  const timeline = createTimelineStore(prisma);
  const recent = recentOrders();
  return {
    recordProgress: (progress, firstRunId) =>
      withOrderId(progress.orderId, async () => {
        const trace = activeTrace();
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
        count(progress, recorded);
        const updatedAt = recorded.updatedAt.toISOString();
        if (!wasReset) return { updatedAt };
        const afterReset = shownState(recorded.state, updatedAt);
        return { updatedAt, afterReset, settled: await timeline.settled(progress.orderId) };
      }),

    recordRefund: (refund) =>
      withOrderId(refund.orderId, async () => {
        crashPoint('part told: before');
        const { isNew, currency } = await recordRefund(prisma, refund, activeTrace());
        crashPoint('part told: written');
        const { operationId, orderId, amount, requestedBy } = refund;
        // Again by another attempt: the one that wrote it down may have died before it came to this.
        if (isNew || activityInfo().attempt > 1)
          writeAudit(logger, 'order_refunded', {
            ...{ actor: actorOf(requestedBy), subject: `order:${orderId}`, operationId, amount, currency },
          });
      }),

    recordRestock: (restock) =>
      withOrderId(restock.orderId, async () => {
        crashPoint('restock told: before');
        await recordRestock(prisma, restock, activeTrace());
        crashPoint('restock told: written');
      }),
  };
}

const activeTrace = () => ({ traceparent: activeTraceparent(), traceId: activeTraceId() });

/** By the `sub` of their token. No client's id is a number. */
const actorOf = (subject: string) => `${/^\d+$/.test(subject) ? 'user' : 'client'}:${subject}`;

/** What is new by a record, and nothing of one that comes again. What was written by a process that died then is not counted. */
function countsOf(registry: Registry): (progress: OrderProgress, recorded: Recorded) => void {
  const steps = counter(registry, 'saga_steps_total');
  const attempts = counter(registry, 'saga_step_attempts_total');
  const reached = histogram(registry, 'order_status_duration_seconds');
  const decided = histogram(registry, 'order_decision_duration_seconds');
  const finished = counter(registry, 'orders_finished_total');
  return ({ entry: { step, outcome, attempts: tries } }, recorded) => {
    const { isNew, moved, placedAt, updatedAt, state, awaitedPayment } = recorded;
    if (isNew) {
      steps.inc({ step, outcome });
      // One that fails goes on, and its next line counts these again.
      if (outcome !== 'failing') attempts.inc({ step }, tries);
    }
    const seconds = (Number(updatedAt) - Number(placedAt)) / 1000;
    // One that waits for a person, or for its customer's money, has been decided as far as we can; what they do later is
    // not counted again. Nor is one that is cancelled once the carrier has it.
    if (isNew && state.payment !== null && !awaitedPayment && state.review === null) decided.observe(seconds);
    if (moved === undefined) return;
    reached.observe({ status: moved }, seconds);
    const waitsForPerson = moved === 'INVENTORY_RESERVED' && state.review !== null;
    const isDecided = moved === 'DELIVERY_STARTED' || (moved === 'CANCELLED' && state.deliveryId === null);
    if (waitsForPerson || (isDecided && state.review === null && state.payment === null)) decided.observe(seconds);
    if (isFinal(moved)) finished.inc({ outcome: moved, reason: state.cancelReason ?? 'none' });
  };
}

/** Once per order and end: a record that comes again moves nothing. */
function tell(logger: Logger, { orderId, patch }: OrderProgress, { moved }: Recorded): void {
  if (moved === 'COMPLETED') logger.info({ orderId }, 'order completed');
  if (moved === 'CANCELLED') logger.info({ orderId, reason: patch.cancelReason }, 'order cancelled');
}
