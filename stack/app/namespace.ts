// @ts-check
import { waitUntil } from '../support/wait-until.js';

/**
 * Makes a namespace of Temporal unless it is there, and waits until it takes calls.
 * @param {{ address: string, namespace: string, retentionMs?: number, signal?: AbortSignal }} wanted how long ended workflows are kept; a day unless said
 */
export async function createNamespace({ address, namespace, retentionMs = 24 * 60 * 60_000, signal }) {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address });
  const service = connection.workflowService;
  try {
    /** @type {any} the generated types want a Long where a number does */
    const retention = { seconds: Math.ceil(retentionMs / 1000) };
    await service
      .registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention })
      .catch((/** @type {any} */ error) => {
        const alreadyExists = 6;
        if (error.code !== alreadyExists) throw error;
      });
    // The server reads its list of namespaces now and then, so a new one is unknown to it for a moment.
    const takesCalls = async () => Boolean(await service.listWorkflowExecutions({ namespace, pageSize: 1 }));
    await waitUntil(takesCalls, { within: 30_000, what: `the namespace ${namespace}`, signal });
  } finally {
    await connection.close();
  }
}
