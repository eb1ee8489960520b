import {
  FINDING_KINDS,
  type Acknowledgement,
  type Finding,
  type ReconciliationReport,
  RECONCILIATION,
  type ReconciliationInput,
} from '../../contracts/reconciliation.js';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowClient } from '@temporalio/client';
import { TASK_QUEUES } from '../../contracts/services.js';
import { reconciliationProgress } from '../../workflows/reconciliation/messages.js';
import type { reconciliation } from '../../workflows/reconciliation/reconciliation.js';

/** A report in lines for people. */
export function describeReport(report: ReconciliationReport): string {
  const { findings, counts, repaired, checked, moving, since, unknown, information } = report;
  const { needAttention, settled, unpublishedEvents } = information;
  const total = totalOf(counts);
  const lines = [
    ...unknown.map((orderId) => `There is no order ${orderId}, and there never was`),
    ...repaired.map((one) => `${one.gone ? 'repaired' : 'NOT REPAIRED'}  ${inWords(one)}: ${one.did}`),
    ...findings.map((one) => `FOUND  ${inWords(one)}${one.repair ? ' (--repair can see to it)' : ''}`),
    ...(total > findings.length ? [`and ${total - findings.length} more`] : []),
    ...(needAttention.length > 0 ? [`waiting for an operator: ${needAttention.join(', ')}`] : []),
    ...settled.map(
      ({ orderId, step, at, stands }) => `settled by hand: ${step} of ${orderId}, at ${at}; its books say: ${stands}`,
    ),
    ...(unpublishedEvents.count > 0
      ? [`${unpublishedEvents.count} events wait for Kafka, the oldest since ${unpublishedEvents.oldest ?? ''}`]
      : []),
    ...(moving > 0 ? [`${moving} orders changed at each look, so they are left for the next time`] : []),
    ...kindsOf(findings).map((kind) => `${kind}: ${FINDING_KINDS[kind].means}`),
    `${total === 0 ? 'No finding' : total === 1 ? '1 finding' : `${total} findings`}; compared ${Object.entries(checked)
      .map(([source, count]) => `${count} ${source}`)
      .join(', ')}${since === undefined ? '' : `: what has changed since ${since}, and what is not over`}`,
  ];
  return lines.join('\n');
}

/** One line for each order of which there was nothing to acknowledge. */
export function notFound(
  { repaired, unknown }: ReconciliationReport,
  orderIds: readonly string[] = [],
  acknowledge?: Acknowledgement,
): string[] {
  if (acknowledge === undefined) return [];
  const { kind } = acknowledge;
  const heard = [...unknown, ...repaired.map(({ orderId }) => orderId)];
  return orderIds
    .filter((orderId) => !heard.includes(orderId))
    .map((orderId) => `Nothing acknowledged: no ${kind} is found of order ${orderId}, or it was acknowledged before`);
}

export function totalOf(counts: ReconciliationReport['counts']): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function inWords({ kind, orderId, productId, detail, units, money }: Finding): string {
  const about = orderId === undefined ? `product ${productId ?? ''}` : `order ${orderId}`;
  const worth = [
    ...(units === undefined ? [] : [units === 1 ? '1 unit' : `${units} units`]),
    ...(money === undefined ? [] : [`${money.amount} ${money.currency}`]),
  ];
  return `${kind}  ${about}: ${detail}${worth.length > 0 ? `; ${worth.join(', ')}` : ''}`;
}

const kindsOf = (findings: readonly Finding[]) => [...new Set(findings.map(({ kind }) => kind))];

export type Progress = Pick<ReconciliationReport, 'checked' | 'counts'>;

interface RunReconciliation {
  workflows: WorkflowClient;
  input: ReconciliationInput;
  onProgress?: (progress: Progress) => void;
  /** For so long nobody need say how far it is. Default 60 s. */
  silenceMs?: number;
}

/** Nobody reconciles. */
class NotReconciled extends Error {
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
