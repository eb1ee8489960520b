import { WorkflowNotFoundError, type WorkflowClient } from '@temporalio/client';
import { SEEN_BEFORE, type WorkflowRecord } from '../../contracts/activities/reconciliation.js';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { undoWorkflowIdOf } from '../../contracts/reconciliation.js';
import type { WorkflowEndings } from '../../services/order/reconciliation-reader.js';

export interface WorkflowRecordsSettings {
  workflows: WorkflowClient;
  endings: Pick<WorkflowEndings, 'find' | 'forget'>;
  /** When the last pass over all that is not final began: what had not ended badly by then, was running. */
  lastPass: () => Promise<Date | null>;
  /** When these were placed. */
  placedAt: (orderIds: readonly string[]) => Promise<Map<string, Date>>;
}

type Look = Omit<WorkflowRecord, 'orderId'>;

/** Questions at once: what a page costs Temporal's server. */
const AT_ONCE = 20;

/**
 * What Temporal itself says of each order's workflow. Asks the server, not its index, which may lag. Of a workflow that
 * it no longer has, what was kept when its end was seen; if none was, and it may have been past its retention since
 * anybody looked, nobody knows how it ended.
 */
export async function workflowRecords(
  { workflows, endings, lastPass, placedAt }: WorkflowRecordsSettings,
  orderIds: readonly string[],
): Promise<WorkflowRecord[]> {
  const records: WorkflowRecord[] = [];
  for (let from = 0; from < orderIds.length; from += AT_ONCE) {
    const some = orderIds.slice(from, from + AT_ONCE);
    records.push(...(await Promise.all(some.map((orderId) => recordOf(workflows, orderId)))));
  }
  const kept = await endings.find(orderIds);
  // A look that finds the same leaves it: whoever looks may die before it is kept again.
  const outlived = records.filter(({ orderId, state, orderStatus }) => {
    const ending = kept.get(orderId);
    return ending && state !== 'gone' && (state !== ending.state || (orderStatus ?? null) !== ending.orderStatus);
  });
  if (outlived.length > 0) await endings.forget(outlived.map(({ orderId }) => orderId));

  const unexplained = records.filter(({ orderId, state }) => state === 'gone' && !kept.has(orderId));
  if (unexplained.length === 0 && kept.size === 0) return records;
  const [placed, last, retentionMs] = await Promise.all([
    placedAt(unexplained.map(({ orderId }) => orderId)),
    lastPass(),
    retentionOf(workflows),
  ]);
  return records.map((record) => {
    if (record.state !== 'gone') return record;
    const { orderId } = record;
    const ending = kept.get(orderId);
    if (ending) {
      const { state, detail, orderStatus } = ending;
      return {
        orderId,
        state: state as WorkflowRecord['state'],
        detail: state === 'forgotten' ? detail : `${detail}${SEEN_BEFORE}`,
        ...(orderStatus !== null && { orderStatus }),
      };
    }
    const seenAt = Math.max(placed.get(orderId)?.getTime() ?? 0, last?.getTime() ?? 0);
    if (!placed.has(orderId) || Date.now() - seenAt < retentionMs) return record;
    return { orderId, state: 'forgotten', detail: 'none: how it ended, Temporal has forgotten' };
  });
}

async function recordOf(workflows: WorkflowClient, orderId: string): Promise<WorkflowRecord> {
  const own = await look(workflows, workflowIdOf(orderId));
  if (own.state === 'running' || own.state === 'completed') return { orderId, ...own };
  // It is being undone by a repair: then that is who sees to it.
  const undo = await look(workflows, undoWorkflowIdOf(orderId));
  return { orderId, ...(undo.state === 'running' ? { ...undo, detail: 'UNDOING' } : own) };
}

async function look(workflows: WorkflowClient, workflowId: string): Promise<Look> {
  try {
    const { status, raw } = await workflows.getHandle(workflowId).describe();
    const orderStatus = raw.workflowExecutionInfo?.searchAttributes?.indexedFields?.['OrderStatus']?.data;
    return {
      state: status.name === 'RUNNING' ? 'running' : status.name === 'COMPLETED' ? 'completed' : 'ended-otherwise',
      detail: status.name,
      ...(orderStatus && { orderStatus: JSON.parse(Buffer.from(orderStatus).toString()) as string }),
    };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { state: 'gone', detail: 'none' };
  }
}

/** How long the namespace keeps a workflow that has ended, milliseconds. */
async function retentionOf({ workflowService, options }: WorkflowClient): Promise<number> {
  const { config } = await workflowService.describeNamespace({ namespace: options.namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000;
}
