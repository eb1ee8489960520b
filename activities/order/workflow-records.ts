import { WorkflowNotFoundError, type WorkflowClient } from '@temporalio/client';
import type { WorkflowRecord } from '../../contracts/activities/reconciliation.js';
import { workflowIdOf } from '../../contracts/ids.js';
import { undoWorkflowIdOf } from '../../contracts/reconciliation.js';

/** Questions at once: what a page costs Temporal's server. */
const AT_ONCE = 20;

/** What Temporal itself says of each order's workflow. Asks the server, not its index, which may lag. */
export async function workflowRecords(
  workflows: WorkflowClient,
  orderIds: readonly string[],
): Promise<WorkflowRecord[]> {
  const records: WorkflowRecord[] = [];
  for (let from = 0; from < orderIds.length; from += AT_ONCE) {
    const some = orderIds.slice(from, from + AT_ONCE);
    records.push(...(await Promise.all(some.map((orderId) => recordOf(workflows, orderId)))));
  }
  return records;
}

async function recordOf(workflows: WorkflowClient, orderId: string): Promise<WorkflowRecord> {
  const own = await look(workflows, workflowIdOf(orderId));
  if (own.state === 'running' || own.state === 'completed') return { orderId, ...own };
  // It is being undone by a repair: then that is who sees to it.
  const undo = await look(workflows, undoWorkflowIdOf(orderId));
  return { orderId, ...(undo.state === 'running' ? { ...undo, detail: 'UNDOING' } : own) };
}

async function look(workflows: WorkflowClient, workflowId: string): Promise<Omit<WorkflowRecord, 'orderId'>> {
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
