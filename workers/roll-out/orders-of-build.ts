import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';
import { failureOfTask } from '../standing-still.js';
import type { Where } from './deployment-view.js';

type Execution = temporal.api.workflow.v1.IWorkflowExecutionInfo;

const { WorkflowExecutionStatus } = proto.temporal.api.enums.v1;

/** Beyond that many orders the rest is not looked at: enough are, to know. */
const PAGES = 10;

/** Asked one by one, each time; the newest are listed first. */
const LOOKED_INTO = 100;

export interface OrdersOfBuild {
  begun: number;
  /** A sentence for each order that is in trouble. */
  trouble: string[];
}

/**
 * What became of the orders that began since then with the build: in trouble is one that asks for an operator, that
 * failed, or whose code can't go on. Also one that no build has begun yet and that keeps failing: its first task is the build's.
 */
export async function ordersOfBuild(
  where: Where,
  { buildId, workflowType, since }: { buildId: string; workflowType: string; since: Date },
): Promise<OrdersOfBuild> {
  const found: OrdersOfBuild = { begun: 0, trouble: [] };
  const running: Execution[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  for (let page = 0; page < PAGES; page++) {
    const listed = await where.service.listWorkflowExecutions({
      namespace: where.namespace,
      query: `WorkflowType = '${workflowType}' AND StartTime >= '${since.toISOString()}'`,
      nextPageToken,
    });
    for (const execution of listed.executions) {
      const of = attribute(execution, 'TemporalWorkerDeploymentVersion');
      const isOurs = of === `${where.deploymentName}:${buildId}`;
      if (!isOurs && of !== undefined) continue;
      if (isOurs) found.begun += 1;
      const why = troubleTold(execution);
      if (why) found.trouble.push(`${execution.execution?.workflowId}: ${why}`);
      else if (execution.status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) running.push(execution);
    }
    nextPageToken = listed.nextPageToken;
    if (nextPageToken.length === 0) break;
  }
  if (found.trouble.length > 0) return found;
  for (const execution of running.slice(0, LOOKED_INTO)) {
    const why = await troubleInside(where, execution);
    if (why) found.trouble.push(`${execution.execution?.workflowId}: ${why}`);
  }
  return found;
}

function troubleTold(execution: Execution): string | undefined {
  if (execution.status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED) return 'failed';
  if (execution.status !== WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) return undefined;
  if (attribute(execution, 'NeedsAttention') !== true) return undefined;
  return `asks for an operator at ${String(attribute(execution, 'AttentionStep'))}`;
}

async function troubleInside({ service, namespace }: Where, { execution }: Execution): Promise<string | undefined> {
  const { pendingWorkflowTask } = await service.describeWorkflowExecution({ namespace, execution });
  return execution ? failureOfTask({ service, namespace }, execution, pendingWorkflowTask) : undefined;
}

function attribute(execution: Execution, name: string): unknown {
  const payload = execution.searchAttributes?.indexedFields?.[name];
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}
