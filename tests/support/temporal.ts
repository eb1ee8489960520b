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
