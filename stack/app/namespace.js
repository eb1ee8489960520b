// @ts-check
import { waitUntil } from '../support/wait-until.js';

/**
 * Makes a namespace of Temporal unless it is there, and waits until it takes calls.
 * @param {{ address: string, namespace: string, signal?: AbortSignal }} wanted
 */
export async function createNamespace({ address, namespace, signal }) {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address });
  const service = connection.workflowService;
  try {
    const day = 24 * 60 * 60;
    /** @type {any} the generated types want a Long where a number does */
    const retention = { seconds: day };
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
