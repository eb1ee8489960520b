import type { Finding } from '../../../contracts/reconciliation.js';
import type { RecordsOfOrder } from '../gather-records.js';
import { compareAmounts, compareLedger, comparePayment } from './compare-money.js';
import { compareDelivery } from './compare-delivery.js';
import { compareSettled } from './compare-settled.js';
import { compareStock } from './compare-stock.js';
import { compareWorkflow } from './compare-workflow.js';
import { acknowledgedAs } from './finding.js';

/** What no record accounts for, if none of these moves any more. `now` in milliseconds since the epoch. */
export function compareOrder(records: RecordsOfOrder, now: number): Finding[] {
  const acknowledged = records.order?.acknowledged ?? [];
  const untold = (findings: Finding[]) => findings.filter((one) => !acknowledged.includes(acknowledgedAs(one)));
  const workflow = untold(compareWorkflow(records, now));
  // Whoever finishes or undoes the order first sees to all that it has: nothing of that is lost apart from it.
  if (workflow.some(({ kind }) => kind === 'workflow-gone' || kind === 'workflow-never-started')) return workflow;
  const ledger = untold(compareLedger(records));
  return untold([
    ...workflow,
    ...compareStock(records),
    // Where the books differ, one of them is wrong, and what ours alone say is worth nothing.
    ...(ledger.length > 0 ? ledger : comparePayment(records)),
    ...compareAmounts(records),
    ...compareDelivery(records, now),
    ...compareSettled(records),
  ]);
}
