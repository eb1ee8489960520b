import { Connection } from '@temporalio/client';
import { workflowIdOf } from '../../contracts/ids.js';
import { server } from './servers.js';

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

/** The order's workflow goes again from where it had not begun the activity. */
export async function resetWorkflow(namespace: string, orderId: string, activity: string): Promise<void> {
  const workflowTaskFinishEventId = await decisionOn(namespace, orderId, activity);
  await withTemporal(({ workflowService }) =>
    workflowService.resetWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: workflowIdOf(orderId) },
      workflowTaskFinishEventId,
      requestId: `reset-${orderId}`,
      reason: 'a test',
    }),
  );
}

/** What Temporal itself says of an order's workflow. */
export function describeWorkflow(namespace: string, orderId: string) {
  return withTemporal(({ workflowService }) =>
    workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: workflowIdOf(orderId) } }),
  );
}

/** What an order's workflow has gone through, in its latest run. */
export function historyOf(namespace: string, orderId: string) {
  return withTemporal(async ({ workflowService }) => {
    const execution = { workflowId: workflowIdOf(orderId) };
    const { history } = await workflowService.getWorkflowExecutionHistory({ namespace, execution });
    return history?.events ?? [];
  });
}

/** The id of the workflow task that decided on an activity's first start: where a reset has to go to for it to run again. */
export async function taskBefore(namespace: string, orderId: string, activity: string): Promise<string> {
  return String(await decisionOn(namespace, orderId, activity));
}

async function decisionOn(namespace: string, orderId: string, activity: string) {
  const scheduled = (await historyOf(namespace, orderId))
    .map((event) => event.activityTaskScheduledEventAttributes)
    .find((attributes) => attributes?.activityType?.name === activity);
  if (!scheduled?.workflowTaskCompletedEventId) throw new Error(`${activity} was never scheduled`);
  return scheduled.workflowTaskCompletedEventId;
}
