import type { TopicWithoutReason } from '../../contracts/events/order-event.js';
import type { Registry } from 'prom-client';
import { FINDING_KINDS, type FindingKind, type ReconciliationReport } from '../../contracts/reconciliation.js';
import type { Logger } from '../../platform/logger.js';
import { counter, gauge } from '../../platform/metrics.js';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type WorkflowClient } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/activity';
import type { OrderProgress, TimelineEntry } from '../../contracts/activities/order-activities.js';
import type { OrderReconciliation } from '../../contracts/activities/reconciliation.js';
import { orderStateSchema, type Order } from '../../contracts/http/orders.js';
import { workflowIdOf, ORDER_SAGA, type SagaTimes } from '../../contracts/order-saga.js';
import type { PlacedOrder } from '../../contracts/http/orders.js';
import { withOrderId } from '../../platform/log-context.js';
import { createOrderStore } from '../../services/order/order-store.js';
import type { PrismaClient } from '../../services/order/prisma/generated/client.js';
import {
  createOrderReconciliationReader,
  createReconciliationPasses,
  createWorkflowEndings,
  type OrderEnd,
} from '../../services/order/reconciliation-reader.js';
import { recordProgress } from '../../services/order/progress-store.js';
import { sagaStart } from '../../services/order/saga-start.js';
import { workflowRecords } from './workflow-records.js';
import { createTimelineStore } from '../../services/order/timeline-store.js';

type TellFindings = (report: ReconciliationReport & { complete: boolean }) => void;

/** Tells logs and metrics what a reconciliation found. One that looked at some orders alone says nothing of all. */
export function createTellFindings({ logger, registry }: { logger: Logger; registry: Registry }): TellFindings {
  const found = gauge(registry, 'reconciliation_findings');
  const repairs = counter(registry, 'reconciliation_repairs_total');
  const at = gauge(registry, 'reconciliation_finished_timestamp_seconds');

  return ({ complete, findings, repaired, counts, checked, moving }) => {
    for (const finding of findings) logger.warn({ ...finding }, 'reconciliation finding');
    for (const done of repaired) logger.info({ ...done }, 'reconciliation repair');
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    logger.info({ findings: total, repaired: repaired.length, moving, checked }, 'reconciliation finished');
    repairs.inc(repaired.filter(({ gone, repair }) => gone && repair !== undefined).length);
    if (!complete) return;
    for (const kind of Object.keys(FINDING_KINDS) as FindingKind[]) found.set({ kind }, counts[kind] ?? 0);
    at.setToCurrentTime();
  };
}

/** Answers of workflows, of one page: half of what the activity may take. The next pass reads what is left. */
const READ_WITHIN_MS = 5_000;
const READ_AT_ONCE = 20;

interface OrderReconciliationSettings {
  prisma: PrismaClient;
  workflows: WorkflowClient;
  times: SagaTimes;
  /** RECONCILE_ALL_EVERY: a pass follows what changed, until none has looked at everything for so long. */
  allEveryMs: number;
  /** The workflow's own `initialSearchAttributes`: activities don't import workflows. */
  searchAttributesOf: (order: PlacedOrder) => SearchAttributePair[];
  tellFindings: TellFindings;
  logger: Logger;
}

/** What a reconciliation asks of the order service, and of Temporal. */
export function createOrderReconciliation(settings: OrderReconciliationSettings): OrderReconciliation {
  const { prisma, workflows, times, searchAttributesOf, logger } = settings;
  const { listOrderIds, orderRecords, placedAt, unpublishedEvents } = createOrderReconciliationReader(prisma);
  const passes = createReconciliationPasses(prisma);
  const endings = createWorkflowEndings(prisma);
  const store = createOrderStore(prisma);
  const timeline = createTimelineStore(prisma);

  const startOf = async (orderId: string) => {
    const stored = await store.find(orderId);
    if (stored === undefined) throw ApplicationFailure.nonRetryable(`there is no order ${orderId}`, 'OrderNotFound');
    return sagaStart(stored, { times, searchAttributesOf });
  };

  /** What can't be read now, or has just been forgotten, the next pass tries again. */
  const keepAnswer = async (orderId: string): Promise<void> => {
    try {
      await endings.keepAnswer(orderId, endIn(await resultOf(workflows, orderId)));
    } catch (error) {
      logger.warn({ orderId, error }, 'what a workflow ended with can not be read');
    }
  };

  /** As Temporal says, or as it was kept when Temporal still did. */
  const endOf = async (orderId: string): Promise<OrderEnd> => {
    try {
      return endIn(await resultOf(workflows, orderId));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      const kept = await endings.endOf(orderId);
      if (kept) return kept;
      throw ApplicationFailure.nonRetryable('Temporal has forgotten how it ended', 'WorkflowGone');
    }
  };

  return {
    listOrderIds,
    orderRecords,
    unpublishedEvents,
    workflowRecords: (orderIds) =>
      workflowRecords({ workflows, endings, lastPass: passes.lastStart, placedAt }, orderIds),

    reconciliationScope: async (wanted) => {
      const since = await passes.since(settings.allEveryMs, wanted);
      return since === undefined ? {} : { since: since.toISOString() };
    },
    listUnreconciledIds: passes.listUnreconciledIds,
    markUnreconciled: (orderIds, startedAt) => passes.markUnreconciled(orderIds, new Date(startedAt)),
    endReconciliation: ({ startedAt, ofAll }) => passes.end({ startedAt: new Date(startedAt), ofAll }),
    keepEndings: async (records) => {
      const rows = records.map(({ orderId, state, detail, orderStatus = null }) => ({
        orderId,
        state,
        detail,
        orderStatus,
      }));
      const unread = new Set(await endings.keep(rows));
      const toRead = records.filter(({ orderId, state }) => state === 'completed' && unread.has(orderId));
      const deadline = Date.now() + READ_WITHIN_MS;
      for (let from = 0; from < toRead.length && Date.now() < deadline; from += READ_AT_ONCE) {
        const some = toRead.slice(from, from + READ_AT_ONCE);
        await workflows.withDeadline(deadline, () => Promise.all(some.map(({ orderId }) => keepAnswer(orderId))));
      }
    },

    startOrderWorkflow: (orderId) =>
      withOrderId(orderId, async () => {
        try {
          await workflows.start(ORDER_SAGA, await startOf(orderId));
          logger.info({ orderId }, 'order reconciled: its workflow is started');
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
        await store.markWorkflowStarted(orderId);
      }),

    writeEnd: (orderId) =>
      withOrderId(orderId, async () => {
        const ended = await endOf(orderId);
        for (const progress of howItEnded(ended)) await recordProgress(prisma, progress, {});
        logger.info({ orderId, status: ended.status }, 'order reconciled: its row has learnt how it ended');
        return ended.status;
      }),

    acknowledge: (orderId, findings, { kind, by: operator, note }) =>
      withOrderId(orderId, async () => {
        await timeline.acknowledge(orderId, findings, { operator, note });
        logger.info({ orderId, kind, operator }, 'finding acknowledged');
      }),

    orderSagaInput: async (orderId) => (await startOf(orderId)).args[0],
    tellFindings: async (report) => Promise.resolve(settings.tellFindings(report)),
  };
}

const resultOf = (workflows: WorkflowClient, orderId: string): Promise<Order> =>
  workflows.getHandle<() => Promise<Order>>(workflowIdOf(orderId)).result();

const endSchema = orderStateSchema.omit({ needsAttention: true, attention: true, updatedAt: true });

/** Without the address and the lines, which the row has. */
function endIn(order: Order): OrderEnd {
  return { id: order.id, ...endSchema.parse(order) };
}

/** Whether a completed order has told it, in that sequence. A new topic without a reason has its line, or it does not compile. */
const TOLD_WHEN_COMPLETED: Record<TopicWithoutReason, boolean> = {
  // With the order's row.
  'order-created': false,
  'inventory-reserved': true,
  'payment-completed': true,
  'delivery-started': true,
  'delivery-completed': true,
  'order-completed': true,
};

/** What its records would have told, of which some are missing; what is there stays as it is. */
function howItEnded(order: OrderEnd): OrderProgress[] {
  const { id: orderId, status, cancelReason = 'OPERATOR_REQUEST', cancelNote, ...facts } = order;
  const patch = { attention: null, ...facts };
  const entry = (key: string): TimelineEntry => ({
    ...{ key, step: 'saga', service: 'order-service', outcome: 'done', attempts: 1, detail: 'by a reconciliation' },
  });
  if (status === 'COMPLETED') {
    const topics = Object.keys(TOLD_WHEN_COMPLETED) as TopicWithoutReason[];
    const events = topics.filter((topic) => TOLD_WHEN_COMPLETED[topic]).map((topic) => ({ topic }));
    return [{ orderId, patch: { ...patch, status }, entry: entry('reconciled-status'), events }];
  }
  const why = { cancelReason, ...(cancelNote !== undefined && { cancelNote }) };
  const told = { topic: 'order-cancelled', reason: cancelReason } as const;
  return [
    { orderId, patch: { ...patch, ...why, status: 'CANCELLING' }, entry: entry('reconciled-undo'), events: [] },
    { orderId, patch: { ...why, status: 'CANCELLED' }, entry: entry('reconciled-status'), events: [told] },
  ];
}
