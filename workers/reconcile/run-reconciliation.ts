import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowClient } from '@temporalio/client';
import { RECONCILIATION, type ReconciliationInput, type ReconciliationReport } from '../../contracts/reconciliation.js';
import { TASK_QUEUES } from '../../contracts/task-queues.js';
import { reconciliationProgress } from '../../workflows/reconciliation/messages.js';
import type { reconciliation } from '../../workflows/reconciliation/reconciliation.js';

export type Progress = Pick<ReconciliationReport, 'checked' | 'counts'>;

export interface RunReconciliation {
  workflows: WorkflowClient;
  input: ReconciliationInput;
  onProgress?: (progress: Progress) => void;
  /** For so long nobody need say how far it is. Default 60 s. */
  silenceMs?: number;
}

/** Nobody reconciles. */
export class NotReconciled extends Error {
  override readonly name = 'NotReconciled';
}

/** Starts a reconciliation and waits for its report. Rejects with NotReconciled when no worker answers, or it fails. */
export async function runReconciliation(settings: RunReconciliation): Promise<ReconciliationReport> {
  const { workflows, input, onProgress = () => undefined, silenceMs = 60_000 } = settings;
  const handle = await workflows.start<typeof reconciliation>(RECONCILIATION, {
    workflowId: `${RECONCILIATION}-${new Date().toISOString()}`,
    taskQueue: TASK_QUEUES.order,
    priority: { priorityKey: 5 },
    args: [input],
  });
  const over = new AbortController();
  const report = handle.result().catch((error: unknown) => {
    const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : 'unknown';
    throw new NotReconciled(`${handle.workflowId} has failed: ${reason}`, { cause: error });
  });

  const watch = async (): Promise<never> => {
    for (let heard = Date.now(); ;) {
      await pause(500, undefined, { signal: over.signal });
      try {
        onProgress(await workflows.withDeadline(Date.now() + 5_000, () => handle.query(reconciliationProgress)));
        heard = Date.now();
      } catch {
        if (Date.now() - heard < silenceMs) continue;
        await handle.terminate('nobody works on it').catch(() => undefined);
        throw new NotReconciled(`no order worker has answered for ${silenceMs / 1_000} s`);
      }
    }
  };
  try {
    return await Promise.race([report, watch()]);
  } finally {
    over.abort();
    report.catch(() => undefined);
  }
}
