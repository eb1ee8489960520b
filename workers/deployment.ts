import { setTimeout as pause } from 'node:timers/promises';
import type { NativeConnection, WorkerDeploymentOptions } from '@temporalio/worker';
import proto, { type temporal } from '@temporalio/proto';
import type { Logger } from '../platform/logger.js';

const DRAINED = proto.temporal.api.enums.v1.WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED;

/** Which version of a worker deployment a worker is, and what its workflows do when another becomes current. */
export interface WorkerVersioning {
  deploymentName: string;
  buildId: string;
  /**
   * AUTO_UPGRADE: running workflows go on with the current version, and this one becomes current when it starts.
   * PINNED: they end with the version that they began with, and whoever deploys makes a version current, except the
   * very first: without any current version nothing would be done at all.
   */
  behavior: 'AUTO_UPGRADE' | 'PINNED';
}

export function deploymentOptions({ deploymentName, buildId, behavior }: WorkerVersioning): WorkerDeploymentOptions {
  return { version: { deploymentName, buildId }, useWorkerVersioning: true, defaultVersioningBehavior: behavior };
}

interface Deployment {
  connection: NativeConnection;
  namespace: string;
  versioning: WorkerVersioning;
  logger: Logger;
  /** Ends the waiting. */
  stopped: AbortSignal;
}

/**
 * Waits until Temporal knows the version, by its polls, and the deployment has a current one; makes this one current
 * where it is due. Until then new workflows would not be given to anyone.
 */
export async function untilDeployed({ connection, namespace, versioning, logger, stopped }: Deployment): Promise<void> {
  const { deploymentName, buildId, behavior } = versioning;
  const { workflowService } = connection;
  for (let attempt = 1; ; attempt++) {
    try {
      const { conflictToken, workerDeploymentInfo } = await workflowService.describeWorkerDeployment({
        namespace,
        deploymentName,
      });
      const current = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId;
      const mayTakeOver = !current || behavior === 'AUTO_UPGRADE';
      if (current !== buildId && mayTakeOver) {
        // With the token, another that became current in the meantime is seen first.
        await workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId, conflictToken });
      }
      const isCurrent = current === buildId || mayTakeOver;
      logger.info(
        { deploymentName, buildId, behavior },
        isCurrent ? 'this build takes new orders' : `new orders go to build ${current} until this one is made current`,
      );
      await deleteDrained({ workflowService, namespace, deploymentName }, workerDeploymentInfo?.versionSummaries ?? []);
      return;
    } catch (error) {
      // The first poll has not arrived yet, another worker did the same at the same moment, or Temporal is away.
      const level = attempt % 20 === 0 ? 'warn' : 'debug';
      logger[level]({ err: error, attempt, deploymentName, buildId }, 'the deployment is not ready yet');
      await pause(Math.min(50 * attempt, 1_000), undefined, { signal: stopped });
    }
  }
}

interface Versions {
  workflowService: Pick<NativeConnection['workflowService'], 'deleteWorkerDeploymentVersion'>;
  namespace: string;
  deploymentName: string;
}

type Summary = Pick<
  temporal.api.deployment.v1.WorkerDeploymentInfo.IWorkerDeploymentVersionSummary,
  'deploymentVersion' | 'status'
>;

/**
 * Deletes the versions of which no order runs any more: the server keeps a hundred, and then knows no new one. It refuses for
 * one that has workers, so that whoever goes back to it finds it there; and one that comes back is known anew.
 */
export async function deleteDrained(versions: Versions, summaries: readonly Summary[]): Promise<void> {
  const { workflowService, namespace, deploymentName } = versions;
  for (const { deploymentVersion, status } of summaries) {
    const buildId = deploymentVersion?.buildId;
    if (status !== DRAINED || !buildId) continue;
    const version = { namespace, deploymentVersion: { deploymentName, buildId } };
    await workflowService.deleteWorkerDeploymentVersion(version).catch(() => undefined);
  }
}
