import { waitUntil } from '../support/wait-until.js';

/**
 * Makes a namespace of Temporal unless it is there, and waits until it takes calls.
 * @param wanted how long ended workflows are kept; a day unless said
 */
export async function createNamespace({
  address,
  namespace,
  retentionMs = 24 * 60 * 60_000,
  signal,
}: {
  address: string;
  namespace: string;
  retentionMs?: number;
  signal?: AbortSignal;
}) {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address });
  const service = connection.workflowService;
  try {
    // The generated types want a Long where a number does.
    const workflowExecutionRetentionPeriod = { seconds: Math.ceil(retentionMs / 1000) as never };
    await service.registerNamespace({ namespace, workflowExecutionRetentionPeriod }).catch((error: unknown) => {
      const alreadyExists = 6;
      if ((error as { code?: number }).code !== alreadyExists) throw error;
    });
    // The server reads its list of namespaces now and then, so a new one is unknown to it for a moment.
    const takesCalls = async () => Boolean(await service.listWorkflowExecutions({ namespace, pageSize: 1 }));
    await waitUntil(takesCalls, { within: 30_000, what: `the namespace ${namespace}`, signal });
  } finally {
    await connection.close();
  }
}
