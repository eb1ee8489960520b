import {
  FINDINGS_LISTED,
  type Finding,
  type ReconciliationReport,
  type Repaired,
} from '../../contracts/reconciliation.js';
import { standsFor } from './compare/compare-settled.js';
import type { RecordsOfOrder } from './records-of-order.js';

export function emptyReport(now: Date): ReconciliationReport {
  return {
    startedAt: now.toISOString(),
    unknown: [],
    checked: { orders: 0, stock: 0, payments: 0, ledger: 0, deliveries: 0, unreconciled: 0 },
    findings: [],
    counts: {},
    repaired: [],
    moving: 0,
    information: { needAttention: [], settled: [], unpublishedEvents: { count: 0 } },
  };
}

/** Adds to a list for as long as it is short enough to be carried from run to run. */
function list<T>(items: T[], more: readonly T[]): void {
  items.push(...more.slice(0, Math.max(0, FINDINGS_LISTED - items.length)));
}

export function addFindings(report: ReconciliationReport, findings: readonly Finding[]): void {
  for (const { kind } of findings) report.counts[kind] = (report.counts[kind] ?? 0) + 1;
  list(report.findings, findings);
}

export function addRepaired(report: ReconciliationReport, repaired: readonly Repaired[]): void {
  list(report.repaired, repaired);
}

export function addInformation({ information }: ReconciliationReport, seen: readonly RecordsOfOrder[]): void {
  for (const records of seen) {
    const { orderId, order } = records;
    if (order?.needsAttention) list(information.needAttention, [orderId]);
    list(
      information.settled,
      order?.settled.map(({ step, at }) => ({ orderId, step, at, stands: standsFor(step, records) })) ?? [],
    );
  }
}
