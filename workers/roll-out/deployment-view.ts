import type { WorkflowService } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

/** Whose builds are looked at. */
export interface Where {
  service: WorkflowService;
  namespace: string;
  deploymentName: string;
}

export interface DeploymentView {
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
