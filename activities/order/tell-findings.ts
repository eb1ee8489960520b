import { Gauge, type Registry } from 'prom-client';
import { FINDING_KINDS, type FindingKind, type ReconciliationReport } from '../../contracts/reconciliation.js';
import type { Logger } from '../../platform/logger.js';

export type TellFindings = (report: ReconciliationReport & { complete: boolean }) => void;

/** Tells logs and metrics what a reconciliation found. One that looked at some orders alone says nothing of all. */
export function createTellFindings({ logger, registry }: { logger: Logger; registry: Registry }): TellFindings {
  const labelled = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const found = labelled('reconciliation_findings', 'What the last reconciliation found and did not repair', ['kind']);
  const at = labelled('reconciliation_finished_timestamp_seconds', 'When the last whole reconciliation ended');

  return ({ complete, findings, repaired, counts, checked, moving }) => {
    for (const finding of findings) logger.warn({ ...finding }, 'reconciliation finding');
    for (const done of repaired) logger.info({ ...done }, 'reconciliation repair');
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    logger.info({ findings: total, repaired: repaired.length, moving, checked }, 'reconciliation finished');
    if (!complete) return;
    for (const kind of Object.keys(FINDING_KINDS) as FindingKind[]) found.set({ kind }, counts[kind] ?? 0);
    at.setToCurrentTime();
  };
}
