import os from 'node:os';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { tsToDate } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { STEPS, type SagaStep } from '../../contracts/saga-steps.js';
import { OPERATOR_REQUESTS, type OperatorRequest } from '../../contracts/timeline.js';
import type { Logger } from '../../platform/logger.js';
import { within } from '../../platform/temporal/client.js';
import { SIGNALS } from './order-sagas.js';

/** What Temporal knows of an order's Saga and the order's row does not. */
export interface SagaHistory {
  /** How often Temporal tried a step in its last round: that which is under way, or the last that a worker ended. */
  tries: ReadonlyMap<string, number>;
  /** Sent by a command line, or another program: the row has only what came through this API. */
  signals: SignalOfOthers[];
}

interface SignalOfOthers {
  request: OperatorRequest;
  /** RFC 3339 UTC. */
  at: string;
  /** As the sender calls itself, which nobody checks. */
  sender: string;
  /** The signal's argument, where that is a text. */
  note: string;
}

/** As this service calls itself when it sends one. */
const US = 'order-service@';
export const ORDER_API_IDENTITY = `${US}${os.hostname()}`;

/** A person reads it: better without than late. */
const ANSWER_LIMIT_MS = 2_000;

/** undefined: Temporal has no history of the order any more, or does not answer in time. */
export async function readSagaHistory(
  { workflow }: Client,
  orderId: string,
  logger: Logger,
): Promise<SagaHistory | undefined> {
  const saga = workflow.getHandle(workflowIdOf(orderId));
  try {
    const deadline = Date.now() + ANSWER_LIMIT_MS;
    const { events } = await within(workflow, deadline, () => saga.fetchHistory());
    const { raw } = await within(workflow, deadline, () => saga.describe());
    return {
      tries: triesIn(events ?? [], raw.pendingActivities ?? []),
      signals: await signalsIn(events ?? [], workflow.options),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof WorkflowNotFoundError)) logger.warn({ orderId, reason }, 'history not read');
    return undefined;
  }
}

type Event = temporal.api.history.v1.IHistoryEvent;
type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

/** The event of an activity's start is written when it has ended, with the last attempt; until then it is pending. */
function triesIn(events: Event[], pending: PendingActivity[]): Map<string, number> {
  const tries = new Map<string, number>();
  const steps = new Map<string, SagaStep>();
  for (const { eventId, activityTaskScheduledEventAttributes, activityTaskStartedEventAttributes } of events) {
    const scheduled = stepOf(activityTaskScheduledEventAttributes?.activityType?.name);
    if (scheduled) steps.set(String(eventId), scheduled);
    const started = steps.get(String(activityTaskStartedEventAttributes?.scheduledEventId));
    if (started) tries.set(started, activityTaskStartedEventAttributes?.attempt ?? 1);
  }
  for (const { activityType, attempt } of pending) {
    const step = stepOf(activityType?.name);
    if (step) tries.set(step, attempt ?? 1);
  }
  return tries;
}

/** An activity has its step's name, in camel case. */
function stepOf(activity: string | null | undefined): SagaStep | undefined {
  const step = activity?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) ?? '';
  return step in STEPS ? (step as SagaStep) : undefined;
}

async function signalsIn(
  events: Event[],
  { loadedDataConverter }: Client['workflow']['options'],
): Promise<SignalOfOthers[]> {
  const signals: SignalOfOthers[] = [];
  for (const { eventTime, workflowExecutionSignaledEventAttributes: signal } of events) {
    const request = OPERATOR_REQUESTS.find((each) => SIGNALS[each].name === signal?.signalName);
    const sender = signal?.identity ?? '';
    if (request === undefined || !eventTime || sender.startsWith(US)) continue;
    // The command lines send theirs unencrypted, or not at all.
    const [note] = await decodeArrayFromPayloads(loadedDataConverter, signal?.input?.payloads);
    signals.push({
      ...{ request, sender, at: tsToDate(eventTime).toISOString() },
      note: typeof note === 'string' ? note : '',
    });
  }
  return signals;
}
