import { activityInfo, heartbeat } from '@temporalio/activity';
import { type ActivityInterceptorsFactory, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { HEARTBEAT_EVERY_MS, STEPS, STICKY_QUEUE_TIMEOUT_MS } from '../contracts/saga-steps.js';
import { setTimeout as pause } from 'node:timers/promises';
import { createHealthServer, type ReadinessChecks } from '../platform/health.js';
import type { Listening } from '../platform/listen.js';
import type { Logger } from '../platform/logger.js';
import type { Metrics } from '../platform/metrics.js';
import type { OnShutdown } from '../platform/shutdown.js';
import { temporalTelemetryPlugins } from '../platform/telemetry/telemetry.js';
import { createDataConverter, type TemporalSettings } from '../platform/temporal/client.js';
import { installTemporalRuntime } from '../platform/temporal/runtime.js';
import { deploymentOptions, untilDeployed, type WorkerVersioning } from './deployment.js';
import { errorMessage } from '../platform/error-message.js';

/**
 * Says of every activity that has a heartbeat timeout that it is alive for as long as this process is, so that a death
 * is noticed sooner than by the time that one attempt may take. Says nothing of progress: that is what the time is for.
 */
export function createHeartbeats({ everyMs = HEARTBEAT_EVERY_MS } = {}): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      execute: async (input, next) => {
        if (activityInfo().heartbeatTimeoutMs === undefined) return next(input);
        const beating = setInterval(() => heartbeat(), everyMs);
        try {
          return await next(input);
        } finally {
          clearInterval(beating);
        }
      },
    },
  });
}

interface WorkerSettings {
  service: string;
  taskQueue: string;
  activities: object;
  /** The prebuilt bundle, or the folder's index to bundle at start. None for a worker of activities alone. */
  workflows?: { bundlePath: string } | { path: string };
  /** None for a worker that any version of the workflows may give work to. */
  versioning?: WorkerVersioning;
  temporal: TemporalSettings;
  health: { host: string; port: number };
  /** What the activities need besides Temporal. */
  readiness?: ReadinessChecks;
  /** Shown at the health port, with Temporal's own. */
  metrics: Metrics;
  /** Told once the health port answers, before Temporal is there. */
  onListening?: (health: Listening) => void;
  logger: Logger;
  /** Anything of Temporal's own options that differs from the usual, such as slots. */
  options?: Partial<WorkerOptions>;
}

const slots: Partial<WorkerOptions> = {
  maxConcurrentActivityTaskExecutions: 50,
  maxConcurrentLocalActivityExecutions: 50,
  // One thread runs them all, some 20 ms each: a task taken early would wait here, where its own time-out runs,
  // instead of in its queue, where none does.
  maxConcurrentWorkflowTaskExecutions: 10,
  maxCachedWorkflows: 500,
};

const longestStepMs = Math.max(...Object.values(STEPS).map((step) => step.startToCloseMs));

/** Runs a Temporal worker with its health port, until the process stops. */
export async function runWorker(settings: WorkerSettings, onShutdown: OnShutdown): Promise<void> {
  const { logger, metrics, temporal, health, workflows, versioning } = settings;
  metrics.append(await installTemporalRuntime(logger, settings.service));

  const running: { worker?: Worker; isDeployed: boolean } = { isDeployed: versioning === undefined };
  const server = await createHealthServer({
    service: settings.service,
    ...health,
    logger,
    metrics,
    checks: {
      ...settings.readiness,
      worker: () => {
        const state = running.worker?.getState() ?? 'waiting for Temporal';
        if (state !== 'RUNNING') throw new Error(state.toLowerCase());
        if (!running.isDeployed) throw new Error('no build of the deployment is current yet');
      },
    },
  });
  settings.onListening?.(server);
  onShutdown('health port', () => server.drain());

  const stopped = new AbortController();
  onShutdown('waiting for Temporal', () => stopped.abort());
  const connection = await connect(temporal.address, logger, stopped.signal);
  onShutdown('Temporal connection', () => connection.close());

  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: settings.taskQueue,
    activities: settings.activities,
    ...workflowsOption(workflows),
    dataConverter: createDataConverter(temporal.payloadKeys, { inWorkflows: workflows !== undefined }),
    plugins: temporalTelemetryPlugins(),
    interceptors: { activity: [createHeartbeats()] },
    // The SDK's own is four fifths of the timeout, after which a process that is busy for a moment is taken for dead.
    maxHeartbeatThrottleInterval: HEARTBEAT_EVERY_MS,
    stickyQueueScheduleToStartTimeout: STICKY_QUEUE_TIMEOUT_MS,
    // Whatever it has begun may end; only what takes longer than any step may is begun anew by another one.
    shutdownGraceTime: longestStepMs,
    shutdownForceTime: longestStepMs + 2_000,
    ...slots,
    ...(versioning && { workerDeploymentOptions: deploymentOptions(versioning) }),
    ...settings.options,
  });
  running.worker = worker;
  // A worker that fails by itself can't be started again. Nobody catches that here, so the process ends in order and with
  // an error, and whoever runs it starts a new one.
  const done = worker.run();
  onShutdown('worker', async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await done;
  });
  if (versioning) {
    untilDeployed({ connection, namespace: temporal.namespace, versioning, logger, stopped: stopped.signal }).then(
      () => (running.isDeployed = true),
      () => undefined, // It stops.
    );
  }
}

function workflowsOption(workflows: WorkerSettings['workflows']): Partial<WorkerOptions> {
  if (workflows === undefined) return {};
  return 'bundlePath' in workflows
    ? { workflowBundle: { codePath: workflows.bundlePath } }
    : { workflowsPath: workflows.path };
}

async function connect(address: string, logger: Logger, stopped: AbortSignal): Promise<NativeConnection> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await NativeConnection.connect({ address });
    } catch (error) {
      logger.warn({ address, attempt, reason: errorMessage(error) }, 'waiting for Temporal');
      await pause(Math.min(250 * attempt, 2000), undefined, { signal: stopped });
    }
  }
}
