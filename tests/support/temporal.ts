import { Connection, WorkflowClient, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { server } from './servers.js';
import { waitFor } from './wait-for.js';

async function withTemporal<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server('TEMPORAL_ADDRESS') });
  try {
    return await ask(connection);
  } finally {
    await connection.close();
  }
}

/** How many workflows a namespace has, running and closed; or an order has, each run counted. */
export function workflowsIn(namespace: string, orderId?: string): Promise<number> {
  const query = orderId === undefined ? '' : `WorkflowId = '${workflowIdOf(orderId)}'`;
  return withTemporal(async ({ workflowService }) => {
    const { count } = await workflowService.countWorkflowExecutions({ namespace, query });
    return Number(count);
  });
}

/** As an operator does who has no better way: the order's workflow ends, and undoes nothing. */
export function terminateWorkflow(namespace: string, orderId: string): Promise<unknown> {
  const workflowExecution = { workflowId: workflowIdOf(orderId) };
  return withTemporal(({ workflowService }) =>
    workflowService.terminateWorkflowExecution({ namespace, workflowExecution, reason: 'a test' }),
  );
}

type Asked = Pick<Connection, 'workflowService'>;

/** The order's workflow goes again from where it had not begun the activity. Returns the id of the run that does. */
export function resetWorkflow(namespace: string, orderId: string, activity: string): Promise<string> {
  return withTemporal((connection) => resetWorkflowOf(connection, namespace, orderId, activity));
}

/** The same on another server than that of the tests. */
export async function resetWorkflowOf(
  { workflowService }: Asked,
  namespace: string,
  orderId: string,
  activity: string,
): Promise<string> {
  const { runId } = await workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId: workflowIdOf(orderId) },
    workflowTaskFinishEventId: await decisionOn({ workflowService }, namespace, orderId, activity),
    requestId: `reset-${orderId}`,
    reason: 'a test',
  });
  return runId;
}

/** What Temporal itself says of an order's workflow. */
export function describeWorkflow(namespace: string, orderId: string) {
  return withTemporal(({ workflowService }) =>
    workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: workflowIdOf(orderId) } }),
  );
}

export function workflowIsThere(namespace: string, orderId: string): Promise<boolean> {
  return withTemporal(async (connection) => {
    try {
      await new WorkflowClient({ connection, namespace }).getHandle(workflowIdOf(orderId)).describe();
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  });
}

/** What an order's workflow has gone through, in its latest run. */
export function historyOf(namespace: string, orderId: string) {
  return withTemporal((connection) => eventsOf(connection, namespace, orderId));
}

async function eventsOf({ workflowService }: Asked, namespace: string, orderId: string) {
  const execution = { workflowId: workflowIdOf(orderId) };
  const { history } = await workflowService.getWorkflowExecutionHistory({ namespace, execution });
  return history?.events ?? [];
}

/** The id of the workflow task that decided on an activity's first start: where a reset has to go to for it to run again. */
export async function taskBefore(namespace: string, orderId: string, activity: string): Promise<string> {
  return withTemporal(async (connection) => String(await decisionOn(connection, namespace, orderId, activity)));
}

async function decisionOn(asked: Asked, namespace: string, orderId: string, activity: string) {
  const scheduled = (await eventsOf(asked, namespace, orderId))
    .map((event) => event.activityTaskScheduledEventAttributes)
    .find((attributes) => attributes?.activityType?.name === activity);
  if (!scheduled?.workflowTaskCompletedEventId) throw new Error(`${activity} was never scheduled`);
  return scheduled.workflowTaskCompletedEventId;
}

const STARTED = proto.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;

/** An activity that has not succeeded yet, once there is one. */
export function pendingActivity(namespace: string, orderId: string, type: string) {
  return waitFor(`${type} of ${orderId} to be tried`, async () => {
    const { pendingActivities, workflowExecutionInfo } = await describeWorkflow(namespace, orderId);
    const found = pendingActivities.find(({ activityType }) => activityType?.name === type);
    if (!found) return undefined;
    const { activityId, attempt, paused, state } = found;
    const runId = String(workflowExecutionInfo?.execution?.runId);
    return {
      activityId: String(activityId),
      runId,
      attempt: Number(attempt),
      paused: Boolean(paused),
      isAtWork: state === STARTED,
    };
  });
}

/** The id of the last workflow task that an order's workflow has done. */
export async function lastTaskDone(namespace: string, orderId: string): Promise<string> {
  const events = await historyOf(namespace, orderId);
  return String(events.findLast((event) => event.workflowTaskCompletedEventAttributes)?.eventId);
}

/** A signal whose payload is encrypted by a key that nobody has: the order's workflow can take no step any more. */
export function signalUnreadably(
  namespace: string,
  orderId: string,
  { signalName = 'retry', identity = '' } = {},
): Promise<unknown> {
  const metadata = { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('lost') };
  return withTemporal(({ workflowService }) =>
    workflowService.signalWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: workflowIdOf(orderId) },
      ...{ signalName, identity },
      input: { payloads: [{ metadata, data: Buffer.alloc(64) }] },
    }),
  );
}

/** The names of the signals that an order has had. */
export async function signalsOf(namespace: string, orderId: string): Promise<string[]> {
  const events = await historyOf(namespace, orderId);
  return events.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
}
