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

/** How many workflows a namespace has, running and closed. */
export function workflowsIn(namespace: string): Promise<number> {
  return withTemporal(async ({ workflowService }) => {
    const { count } = await workflowService.countWorkflowExecutions({ namespace });
    return Number(count);
  });
}

/** What Temporal itself says of an order's workflow. */
export function describeWorkflow(namespace: string, orderId: string) {
  return withTemporal(({ workflowService }) =>
    workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: workflowIdOf(orderId) } }),
  );
}

/** The id of the workflow task that decided on an activity's first start: where a reset has to go to for it to run again. */
export function taskBefore(namespace: string, orderId: string, activity: string): Promise<string> {
  return withTemporal(async ({ workflowService }) => {
    const execution = { workflowId: workflowIdOf(orderId) };
    const { history } = await workflowService.getWorkflowExecutionHistory({ namespace, execution });
    const scheduled = (history?.events ?? [])
      .map((event) => event.activityTaskScheduledEventAttributes)
      .find((attributes) => attributes?.activityType?.name === activity);
    if (!scheduled) throw new Error(`${activity} was never scheduled`);
    return String(scheduled.workflowTaskCompletedEventId);
  });
}
