import { Connection } from '@temporalio/client';
import { server } from './servers.js';

/** How many workflows a namespace has, running and closed. */
export async function workflowsIn(namespace: string): Promise<number> {
  const connection = await Connection.connect({ address: server('TEMPORAL_ADDRESS') });
  try {
    const { count } = await connection.workflowService.countWorkflowExecutions({ namespace });
    return Number(count);
  } finally {
    await connection.close();
  }
}
