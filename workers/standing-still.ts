import {
  type WorkflowService,
  WorkflowNotFoundError,
  type WorkflowClient,
  type WorkflowHandle,
} from '@temporalio/client';
import proto from '@temporalio/proto';
import type { temporal, google } from '@temporalio/proto';
import { workflowIdOf, type OrderSagaInput, type SagaTimes } from '../contracts/order-saga.js';
import { undoWorkflowIdOf } from '../contracts/reconciliation.js';
import type { Stall } from '../contracts/saga-steps.js';
import { timesFor } from '../services/order/saga-start.js';
import type { WatchedOrder } from '../services/order/watched-orders.js';

const { EventType } = proto.temporal.api.enums.v1;

/** A task that failed once may have been unlucky; one that failed again will go on failing. */
const ATTEMPTS_OF_A_FAILING_TASK = 3;

/** One that runs out of time may do so for the machine is busy; but not for ever. */
const ATTEMPTS_OF_A_SLOW_TASK = 10;

interface Where {
  service: WorkflowService;
  namespace: string;
}

/** How the workflow task of an execution fails again and again, in words; undefined where it doesn't. */
export async function failureOfTask(
  where: Where,
  execution: temporal.api.common.v1.IWorkflowExecution,
  task: temporal.api.workflow.v1.IPendingWorkflowTaskInfo | null | undefined,
): Promise<string | undefined> {
  const attempts = task?.attempt ?? 0;
  if (attempts >= ATTEMPTS_OF_A_SLOW_TASK) return `its workflow task was tried ${attempts} times`;
  if (attempts < ATTEMPTS_OF_A_FAILING_TASK || !(await failedLast(where, execution))) return undefined;
  return `its workflow task failed ${attempts - 1} times`;
}

/** Whether the newest workflow task in the history failed; only the first of several in a row is written there. */
async function failedLast(
  { service, namespace }: Where,
  execution: temporal.api.common.v1.IWorkflowExecution,
): Promise<boolean> {
  const { history } = await service.getWorkflowExecutionHistoryReverse({ namespace, execution, maximumPageSize: 50 });
  const ends = [EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED, EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT];
  const last = history?.events?.find(({ eventType }) => ends.some((type) => type === eventType));
  return last?.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED;
}

const { PendingWorkflowTaskState } = proto.temporal.api.enums.v1;

/** Younger ones are in the hands of the request that placed them, then of the sweeper. */
const STARTED_WITHIN_MS = 30_000;

/** What a record may take beside what it records. */
const SLACK_MS = 60_000;

interface StandingLimits {
  /** Those that most orders have: an order's own are asked for only when it has stood for longer. */
  times: SagaTimes;
  /** A worker that is there takes a workflow task within a second. */
  takenWithinMs: number;
}

/** Why an order stands still that can't say so itself; undefined: it goes on, or waits for what it may wait for. */
export async function whyItStandsStill(
  workflows: WorkflowClient,
  order: WatchedOrder,
  limits: StandingLimits,
): Promise<Stall | undefined> {
  const own = await look(workflows, workflowIdOf(order.id), limits);
  if (own.runs) return own.why ?? (await whyNothingMoves(workflows, own.handle, order, limits.times));

  // It is being undone by a repair: then that is who sees to it.
  const undo = await look(workflows, undoWorkflowIdOf(order.id), limits);
  if (undo.runs) return undo.why;
  if (own.why === 'WorkflowGone' && !order.wasStarted)
    return Date.now() - order.createdAt.getTime() > STARTED_WITHIN_MS ? 'WorkflowNotStarted' : undefined;
  return own.why;
}

type Look = { runs: true; handle: WorkflowHandle; why?: Stall } | { runs: false; why: Stall };

async function look(workflows: WorkflowClient, workflowId: string, { takenWithinMs }: StandingLimits): Promise<Look> {
  const handle = workflows.getHandle(workflowId);
  try {
    const { status, runId, raw } = await handle.describe();
    if (status.name !== 'RUNNING') return { runs: false, why: 'WorkflowEnded' };
    const where = { service: workflows.workflowService, namespace: workflows.options.namespace };
    const task = raw.pendingWorkflowTask;
    if (await failureOfTask(where, { workflowId, runId }, task))
      return { runs: true, handle, why: 'WorkflowTaskFails' };
    const waits = task?.state === PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED;
    const tooLong = Date.now() - millisOf(task?.originalScheduledTime) > takenWithinMs;
    return { runs: true, handle, ...(waits && tooLong && { why: 'WorkflowTaskWaits' }) };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { runs: false, why: 'WorkflowGone' };
  }
}

/** Whatever it waits for, it asks for an operator in time, and its row says so. */
async function whyNothingMoves(
  workflows: WorkflowClient,
  handle: WorkflowHandle,
  order: WatchedOrder,
  usual: SagaTimes,
): Promise<Stall | undefined> {
  const standsFor = Date.now() - order.updatedAt.getTime();
  if (order.needsAttention || standsFor <= longestWait(order, timesFor(order.paymentMethod, usual))) return undefined;
  return standsFor > longestWait(order, await ownTimes(workflows, handle)) ? 'NothingMoves' : undefined;
}

/** For somebody from outside, or for a step; then the record of it. */
function longestWait({ status, review, awaitsPayment }: WatchedOrder, times: SagaTimes): number {
  const { attentionAfterMs, carrierSilenceMs, reviewWindowMs = 0, paymentWindowMs } = times;
  const waits = { review: review === 'WAITING', payment: awaitsPayment, carrier: status === 'DELIVERY_STARTED' };
  const outside =
    (waits.review ? reviewWindowMs : 0) +
    (waits.payment ? paymentWindowMs : 0) +
    (waits.carrier ? carrierSilenceMs : 0);
  return outside + 2 * attentionAfterMs + SLACK_MS;
}

/** Those that it was started with. */
async function ownTimes(workflows: WorkflowClient, { workflowId }: WorkflowHandle): Promise<SagaTimes> {
  const { namespace, loadedDataConverter } = workflows.options;
  const { history } = await workflows.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  let payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  for (const codec of [...loadedDataConverter.payloadCodecs].reverse()) payloads = await codec.decode(payloads);
  const [input] = payloads;
  if (!input) throw new Error(`${workflowId} was started with nothing`);
  return loadedDataConverter.payloadConverter.fromPayload<OrderSagaInput>(input);
}

function millisOf(time: google.protobuf.ITimestamp | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1000;
}
