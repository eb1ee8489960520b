import os from 'node:os';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter, type LoadedDataConverter, type Payload } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { undoWorkflowIdOf } from '../../contracts/reconciliation.js';
import { SAGA_STEPS, type SagaStep } from '../../contracts/saga-steps.js';
import { OPERATOR_REQUESTS, type OperatorRequest } from '../../contracts/timeline.js';
import type { Logger } from '../../platform/logger.js';
import { untilDeadline } from '../../platform/temporal/client.js';
import { SIGNALS } from './order-sagas.js';
import { errorMessage } from '../../platform/error-message.js';

/** What Temporal knows of an order's Saga, or of the workflow that undoes it, and the order's row does not. */
export interface SagaHistory {
  /** How often a step was tried in its latest round, Temporal's own retries counted. */
  tries: ReadonlyMap<string, number>;
  /** Sent to Temporal itself, by a command line, say: the row has only what came through this API. */
  signals: SignalOfOthers[];
}

interface SignalOfOthers {
  request: OperatorRequest;
  /** RFC 3339 UTC; of one that was applied again by a reset, when that was. */
  at: string;
  /** As the sender calls itself, which nobody checks. */
  sender: string;
  /** The signal's argument, where that is a text that can be read. */
  note: string;
}

/** As this service calls itself when it sends one. */
export const ORDER_API_IDENTITY = `order-service@${os.hostname()}`;
/** Builds before went by the SDK's own name for a process. */
const IS_OURS = /^(order-service|\d+)@/;

/** A person reads it, and the database has most of it: better without than late. */
const ANSWER_LIMIT_MS = 1_000;

/** Of the newest runs. undefined: Temporal knows nothing of the order any more, or does not answer in time. */
export async function readSagaHistory(
  client: Client,
  orderId: string,
  logger: Logger,
): Promise<SagaHistory | undefined> {
  const found = await Promise.all(
    [workflowIdOf(orderId), undoWorkflowIdOf(orderId)].map((workflowId) => readRun(client, workflowId, logger)),
  );
  const runs = found.filter((run) => run !== undefined);
  if (runs.length === 0) return undefined;
  return {
    tries: new Map(runs.flatMap(({ tries }) => [...tries])),
    signals: runs.flatMap(({ signals }) => signals),
  };
}

async function readRun({ workflow }: Client, workflowId: string, logger: Logger): Promise<SagaHistory | undefined> {
  const deadline = Date.now() + ANSWER_LIMIT_MS;
  try {
    const { raw, runId } = await untilDeadline(workflow, deadline, () => workflow.getHandle(workflowId).describe());
    const { events } = await untilDeadline(workflow, deadline, () =>
      workflow.getHandle(workflowId, runId).fetchHistory(),
    );
    return {
      tries: triesIn(events ?? [], raw.pendingActivities ?? []),
      signals: await signalsIn(events ?? [], workflow.options.loadedDataConverter),
    };
  } catch (error) {
    const reason = errorMessage(error);
    if (!(error instanceof WorkflowNotFoundError)) logger.warn({ workflowId, reason }, 'history not read');
    return undefined;
  }
}

type Event = temporal.api.history.v1.IHistoryEvent;
type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

/** In any other state its attempt is the one to come. */
const UNDER_WAY = proto.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;

/** An activity's start is written once it has ended, with its last attempt, and not at all where no worker had it then. */
function triesIn(events: Event[], pending: PendingActivity[]): Map<SagaStep, number> {
  const tries = new Map<SagaStep, number>();
  const scheduledSteps = new Map<string, SagaStep>();
  for (const { eventId, activityTaskScheduledEventAttributes, activityTaskStartedEventAttributes } of events) {
    const scheduled = STEP_OF_ACTIVITY.get(activityTaskScheduledEventAttributes?.activityType?.name ?? '');
    if (scheduled) {
      scheduledSteps.set(String(eventId), scheduled);
      tries.delete(scheduled);
    }
    const started = scheduledSteps.get(String(activityTaskStartedEventAttributes?.scheduledEventId));
    if (started) tries.set(started, activityTaskStartedEventAttributes?.attempt ?? 1);
  }
  for (const { activityType, attempt, state } of pending) {
    const step = STEP_OF_ACTIVITY.get(activityType?.name ?? '');
    if (step) tries.set(step, (attempt ?? 1) - (state === UNDER_WAY ? 0 : 1));
  }
  return tries;
}

/** An activity has its step's name, in camel case. */
const STEP_OF_ACTIVITY: ReadonlyMap<string, SagaStep> = new Map(
  SAGA_STEPS.map((step) => [step.replace(/-./g, ([, letter = '']) => letter.toUpperCase()), step]),
);

async function signalsIn(events: Event[], converter: LoadedDataConverter): Promise<SignalOfOthers[]> {
  const signals: SignalOfOthers[] = [];
  for (const { eventTime, workflowExecutionSignaledEventAttributes: signal } of events) {
    const request = OPERATOR_REQUESTS.find((each) => SIGNALS[each].name === signal?.signalName);
    const sender = signal?.identity ?? '';
    if (request === undefined || IS_OURS.test(sender)) continue;
    const at = new Date(Number(String(eventTime?.seconds)) * 1_000 + (eventTime?.nanos ?? 0) / 1e6).toISOString();
    signals.push({ request, at, sender, note: await noteIn(signal?.input?.payloads?.[0], converter) });
  }
  return signals;
}

/** `temporal` encrypts what stands behind its `--input`; `tctl` has no key, and its workflow takes no notice of it. */
async function noteIn(payload: Payload | undefined, { payloadCodecs }: LoadedDataConverter): Promise<string> {
  if (!payload) return '';
  try {
    const isPlain = Buffer.from(payload.metadata?.['encoding'] ?? []).toString() === 'json/plain';
    let read = [payload];
    if (!isPlain) for (const codec of payloadCodecs.toReversed()) read = await codec.decode(read);
    const note: unknown = read[0] && defaultPayloadConverter.fromPayload(read[0]);
    return typeof note === 'string' ? note.slice(0, 1_000) : '';
  } catch {
    // With a key that is lost, or cut short. That it was sent counts.
    return '';
  }
}
