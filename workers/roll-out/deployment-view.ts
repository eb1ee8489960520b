import type { WorkflowService } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';
import { defaultPayloadConverter } from '@temporalio/common';
import { failureOfTask } from '../standing-still.js';

/** Whose builds are looked at. */
export interface Where {
  service: WorkflowService;
  namespace: string;
  deploymentName: string;
}

interface DeploymentView {
  current: string | undefined;
  ramping: string | undefined;
  /** By the server's clock. */
  rampingSince: Date;
  /** Newest first, by when a worker of it was first seen. */
  builds: readonly string[];
  /** With it, a change that another made in the meantime is noticed. */
  conflictToken: Uint8Array;
}

export async function viewDeployment({ service, namespace, deploymentName }: Where): Promise<DeploymentView> {
  const { workerDeploymentInfo, conflictToken } = await service.describeWorkerDeployment({ namespace, deploymentName });
  const { routingConfig, versionSummaries } = workerDeploymentInfo ?? {};
  const { rampingVersionChangedTime } = routingConfig ?? {};
  const seen = (versionSummaries ?? []).map(({ deploymentVersion, createTime }) => ({
    build: deploymentVersion?.buildId ?? '',
    at: millisOf(createTime),
  }));
  return {
    current: routingConfig?.currentDeploymentVersion?.buildId ?? undefined,
    ramping: routingConfig?.rampingDeploymentVersion?.buildId ?? undefined,
    rampingSince: new Date(millisOf(rampingVersionChangedTime)),
    builds: seen.sort((one, other) => other.at - one.at).map(({ build }) => build),
    conflictToken,
  };
}

/** Each build, the newest first, with what Temporal says of it: `current`, `ramping`, `draining`, `drained` or `inactive`. */
export async function statusesOfBuilds(where: Where): Promise<[build: string, status: string][]> {
  const { service, namespace, deploymentName } = where;
  const { workerDeploymentInfo } = await service.describeWorkerDeployment({ namespace, deploymentName });
  return [...(workerDeploymentInfo?.versionSummaries ?? [])]
    .sort((one, other) => millisOf(other.createTime) - millisOf(one.createTime))
    .map(({ deploymentVersion, status }) => [deploymentVersion?.buildId ?? '', STATUSES[status ?? 0] ?? 'unknown']);
}

/** Of temporal.api.enums.v1.WorkerDeploymentVersionStatus. */
const STATUSES = ['unknown', 'inactive', 'current', 'ramping', 'draining', 'drained'];

type Time = temporal.api.deployment.v1.IRoutingConfig['rampingVersionChangedTime'];

const millisOf = (time: Time) => Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;

/** All new orders. Rejects when the server refuses, as it does for a build that has no worker. */
export async function giveAll(where: Where, buildId: string, conflictToken: Uint8Array): Promise<void> {
  const { service, namespace, deploymentName } = where;
  await service.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId, conflictToken });
}

/** A part of the new orders. */
export async function givePart(where: Where, buildId: string, percentage: number): Promise<void> {
  const { service, namespace, deploymentName } = where;
  await service.setWorkerDeploymentRampingVersion({ namespace, deploymentName, buildId, percentage });
}

/** No part for any build but the current one, whatever another changed. */
export async function endRamp({ service, namespace, deploymentName }: Where): Promise<void> {
  await service.setWorkerDeploymentRampingVersion({ namespace, deploymentName, buildId: '', percentage: 0 });
}

type Execution = temporal.api.workflow.v1.IWorkflowExecutionInfo;

const { WorkflowExecutionStatus } = proto.temporal.api.enums.v1;

/** Beyond that many orders the rest is not looked at: enough are, to know. */
const PAGES = 10;

/** Asked one by one, each time; the newest are listed first. */
const LOOKED_INTO = 100;

interface OrdersOfBuild {
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
  // That nobody has reviewed it says nothing of the build.
  if (attribute(execution, 'NeedsAttention') !== true || attribute(execution, 'AttentionStep') === 'review')
    return undefined;
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
