import proto from '@temporalio/proto';
import { expect, test } from 'vitest';
import { deleteDrained } from './deployment.js';

const { WorkerDeploymentVersionStatus } = proto.temporal.api.enums.v1;

const is = (status: 'INACTIVE' | 'CURRENT' | 'RAMPING' | 'DRAINING' | 'DRAINED') =>
  WorkerDeploymentVersionStatus[`WORKER_DEPLOYMENT_VERSION_STATUS_${status}`];

test('versions that are drained are deleted, also after one that the server keeps for its workers; no others', async () => {
  const asked: unknown[] = [];
  const workflowService = {
    deleteWorkerDeploymentVersion: (request: object) => {
      asked.push(request);
      return asked.length === 1 ? Promise.reject(new Error('it has active pollers')) : Promise.resolve({});
    },
  };
  const summary = (buildId: string, status: ReturnType<typeof is>) => ({
    deploymentVersion: { deploymentName: 'orders', buildId },
    status,
  });
  const summaries = [
    summary('a', is('DRAINED')),
    summary('b', is('DRAINING')),
    summary('c', is('CURRENT')),
    summary('d', is('RAMPING')),
    summary('e', is('INACTIVE')),
    summary('f', is('DRAINED')),
  ];
  await deleteDrained({ workflowService, namespace: 'shop', deploymentName: 'orders' } as never, summaries);
  const version = (buildId: string) => ({
    namespace: 'shop',
    deploymentVersion: { deploymentName: 'orders', buildId },
  });
  expect(asked).toEqual([version('a'), version('f')]);
});
