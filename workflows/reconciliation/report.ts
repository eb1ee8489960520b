import {
  FINDINGS_LISTED,
  type Finding,
  type ReconciliationReport,
  type Repaired,
} from '../../contracts/reconciliation.js';
import { standsFor, compareOrder } from './compare/compare-order.js';
import { type RecordsOfOrder, gatherRecords, areTheSame } from './gather-records.js';
import { sleep } from '@temporalio/workflow';

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
  // It was ended in place of its workflow, and waits for nobody any more.
  const ended = repaired.flatMap(({ kind, gone, orderId }) => (kind === 'workflow-gone' && gone ? [orderId] : []));
  const { information } = report;
  information.needAttention = information.needAttention.filter((orderId) => !ended.includes(orderId));
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

/** An order that changed at each look is on its way: the next reconciliation sees it again. */
const MOST_LOOKS = 4;

export interface Confirmed {
  records: RecordsOfOrder;
  findings: Finding[];
}

/** The first look: what was seen, and what of it looks wrong. */
export async function look(
  orderIds: readonly string[],
): Promise<{ seen: RecordsOfOrder[]; suspects: RecordsOfOrder[] }> {
  const seen = await gatherRecords(orderIds);
  return { seen, suspects: seen.filter(isSuspicious) };
}

/**
 * What is wrong with the suspects, without false alarms: a suspicion counts only when two looks in a row, with a pause
 * between them that outlasts any attempt of a step, found exactly the same in every record of the order. While those
 * were read one after the other nothing of it has moved then, and nobody was about to move it.
 */
export async function lookAgain(
  suspects: readonly RecordsOfOrder[],
  pauseMs: number,
): Promise<{ confirmed: Confirmed[]; moving: RecordsOfOrder[] }> {
  const confirmed: Confirmed[] = [];
  let left = suspects;
  for (let times = 2; times <= MOST_LOOKS && left.length > 0; times++) {
    await sleep(pauseMs);
    const before = new Map(left.map((records) => [records.orderId, records]));
    const { suspects: again } = await look([...before.keys()]);
    const rests = (records: RecordsOfOrder) => areTheSame(before.get(records.orderId), records);
    for (const records of again)
      if (rests(records)) confirmed.push({ records, findings: compareOrder(records, Date.now()) });
    left = again.filter((records) => !rests(records));
  }
  return { confirmed, moving: [...left] };
}

function isSuspicious(records: RecordsOfOrder): boolean {
  return compareOrder(records, Date.now()).length > 0;
}
