import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { OrderActivities } from '../../contracts/activities/order-activities.js';
import { ORDER_DEPLOYMENT, TASK_QUEUES } from '../../contracts/services.js';
import { registerSearchAttributes } from '../../stack/setup/temporal.js';
import { server } from '../../tests/support/servers.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { createLogger } from '../../platform/logger.js';
import { deploymentOptions, untilDeployed, type WorkerVersioning } from '../deployment.js';
import { dataConverter, quietRuntime, SagaTest, workerOptions } from '../../workflows/order/testing/saga-test.js';

const STEP_QUEUES = Object.values(TASK_QUEUES).filter((queue) => queue !== TASK_QUEUES.order);

export type Behavior = WorkerVersioning['behavior'];

export interface Build {
  /** The orders whose progress it has written down. */
  readonly wroteFor: ReadonlySet<string>;
  stop(): Promise<void>;
}

export interface BuildsTest {
  address: string;
  namespace: string;
  saga: SagaTest;
  /** An order worker in this process, with what its process would do beside it; ready when this resolves. */
  start(buildId: string, behavior: Behavior, code: string): Promise<Build>;
  close(): Promise<void>;
}

/** A real server of its own, that sees within seconds, instead of minutes, when the last order has left a build. */
export async function startBuildsTest(): Promise<BuildsTest> {
  quietRuntime();
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: server('TEMPORAL_CLI') },
      log: { format: 'pretty', level: 'never' },
      extraArgs: [
        ...['history.transferProcessorMaxPollRPS=5000'],
        ...['VisibilityGracePeriod', 'RefreshInterval'].map((what) => `matching.wv.VersionDrainageStatus${what}="1s"`),
      ].flatMap((setting) => ['--dynamic-config-value', setting]),
    },
    client: { dataConverter },
  });
  const { address } = env;
  const namespace = 'default';
  await registerSearchAttributes({ address, namespace });
  const saga = new SagaTest(env.client, env.nativeConnection, namespace);
  await waitFor('search attributes to be known', async () => {
    const probe = { ...saga.startOptions(saga.input()), taskQueue: 'nobody', workflowId: 'probe' };
    return (await saga.client.workflow.start('orderSaga', probe)).terminate();
  });
  await saga.startWorkers(STEP_QUEUES);
  const builds = new Set<Build>();

  return {
    address,
    namespace,
    saga,
    async start(buildId, behavior, code) {
      const versioning: WorkerVersioning = { deploymentName: ORDER_DEPLOYMENT, buildId, behavior };
      const wroteFor = new Set<string>();
      const activities: OrderActivities = {
        recordProgress: (progress, firstRunId) => {
          wroteFor.add(progress.orderId);
          return saga.shop.orders.recordProgress(progress, firstRunId);
        },
      };
      const worker = await Worker.create({
        connection: env.nativeConnection,
        namespace,
        ...workerOptions(TASK_QUEUES.order, activities, { code }),
        workerDeploymentOptions: deploymentOptions(versioning),
      });
      const done = worker.run();
      await untilDeployed({
        connection: env.nativeConnection,
        namespace,
        versioning,
        logger: createLogger({ service: 'builds-test', level: 'error' }),
        stopped: new AbortController().signal,
      });
      const build: Build = {
        wroteFor,
        stop: async () => {
          builds.delete(build);
          worker.shutdown();
          await done;
        },
      };
      builds.add(build);
      return build;
    },
    async close() {
      await Promise.all([...builds].map((build) => build.stop()));
      await saga.stopWorkers(STEP_QUEUES);
      await env.teardown();
    },
  };
}
