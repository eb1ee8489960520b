import { continueAsNew, setCurrentDetails, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { IdPage } from '../../contracts/activities/reconciliation.js';
import {
  RECORD_SOURCES,
  type FindingKind,
  type ReconciliationInput,
  type ReconciliationReport,
  type RecordSource,
} from '../../contracts/reconciliation.js';
import { compareStockLevel } from './compare/compare-stock.js';
import { isFinal } from '../../contracts/order-status.js';
import { look, lookAgain, type Confirmed, addFindings, addInformation, addRepaired, emptyReport } from './report.js';
import { reconciliationProgress } from './messages.js';
import { isKnown, type RecordsOfOrder, delivery, order, payment, stock } from './gather-records.js';
import { acknowledgeFindings, repairOrder, type PutRight } from './repair-order.js';

const PAGE = 100;
/** Longer than the longest attempt of a step (8 s), so that whoever was at work when first looked at is done or dead. */
const PAUSE_MS = 10_000;
/** Some thirty events each; then a new run begins with a short history. */
const PAGES_A_RUN = 50;

/** Where the next run goes on. */
interface Place {
  source: RecordSource;
  after?: string;
  report: ReconciliationReport;
  /** Looked at, though the list of orders does not have them. */
  seen: string[];
}

/** Whose records name which orders. */
const LISTS: Record<RecordSource, (page: IdPage) => Promise<string[]>> = {
  orders: (page) => order.listOrderIds(page),
  stock: (page) => stock.listStockOrderIds(page),
  payments: (page) => payment.listPaymentOrderIds(page),
  ledger: (page) => payment.listLedgerOrderIds(page),
  deliveries: (page) => delivery.listDeliveryOrderIds(page),
  unreconciled: (page) => order.listUnreconciledIds(page),
};

/**
 * Compares stock, reservations, payments, the provider's ledger, deliveries, orders and workflows, and reports what no
 * record accounts for: first order by order, then whatever else has changed, or names an order that does not exist.
 */
export async function reconciliation(input: ReconciliationInput = {}, place?: Place): Promise<ReconciliationReport> {
  const report = place?.report ?? emptyReport(new Date());
  setHandler(reconciliationProgress, () => ({ checked: report.checked, counts: report.counts }));

  if (input.orderIds) {
    await accountForThese(input, report, input.orderIds);
  } else {
    if (place === undefined) Object.assign(report, await order.reconciliationScope(input.scope));
    await accountForAll(input, report, place ?? { source: 'orders', report, seen: [] });
    await order.endReconciliation({ startedAt: report.startedAt, ofAll: report.since === undefined });
  }

  await order.tellFindings({ ...report, complete: input.orderIds === undefined });
  return report;
}

async function accountForThese(
  input: ReconciliationInput,
  report: ReconciliationReport,
  orderIds: readonly string[],
): Promise<void> {
  const { seen, suspects } = await look(orderIds);
  report.checked.orders = seen.filter(({ order: row }) => row !== undefined).length;
  report.unknown = seen.filter((records) => !isKnown(records)).map(({ orderId }) => orderId);
  addInformation(report, seen);
  await settle(input, report, suspects);
}

async function accountForAll(input: ReconciliationInput, report: ReconciliationReport, place: Place): Promise<void> {
  const { pageSize = PAGE, pagesARun = PAGES_A_RUN } = input;
  const { since } = report;
  const alsoSeen = new Set(place.seen);
  let { after } = place;
  let pages = 0;
  // One pause for many suspects: it is the pauses that take long.
  let suspects: RecordsOfOrder[] = [];
  const settleThem = async () => {
    await settle(input, report, suspects);
    suspects = [];
  };

  for (const source of RECORD_SOURCES.slice(RECORD_SOURCES.indexOf(place.source))) {
    for (;;) {
      const began = Date.now();
      const ids = await LISTS[source]({
        limit: pageSize,
        ...(after !== undefined && { after }),
        ...(since !== undefined && { since }),
      });
      if (ids.length === 0) break;
      const unseen = source === 'orders' ? ids : await notAmongOrders(ids, alsoSeen, since);
      const found = await look(unseen);
      addInformation(report, found.seen);
      suspects.push(...found.suspects);
      after = ids.at(-1);
      report.checked[source] += ids.length;
      setCurrentDetails(`${report.checked[source]} ${source} compared, ${report.findings.length} findings`);
      if (suspects.length >= pageSize) await settleThem();
      pages += 1;
      if (pages >= pagesARun || workflowInfo().continueAsNewSuggested) {
        await settleThem();
        const next = { source, report, seen: [...alsoSeen], ...(after !== undefined && { after }) };
        await continueAsNew<typeof reconciliation>(input, next);
      }
      if (ids.length < pageSize) break;
      // Half of the time is left to the orders themselves, and more where they have much to do.
      if (since === undefined) await sleep(Date.now() - began);
    }
    after = undefined;
  }
  await settleThem();
  await accountForStockLevels(report);
  report.information.unpublishedEvents = await order.unpublishedEvents();
}

/**
 * Those that the list of orders does not have, each once: it has all, or all that have changed or are not over. An
 * order's row comes before all else that is written of it, so whatever has none now never had one.
 */
async function notAmongOrders(
  ids: readonly string[],
  alsoSeen: Set<string>,
  since: string | undefined,
): Promise<string[]> {
  const orders = new Map((await order.orderRecords(ids)).map((row) => [row.orderId, row]));
  const isListed = (id: string) => {
    const row = orders.get(id);
    return row !== undefined && (since === undefined || !isFinal(row.status) || row.updatedAt >= since);
  };
  const found = ids.filter((id) => !alsoSeen.has(id) && !isListed(id));
  for (const id of found) alsoSeen.add(id);
  return found;
}

/** Looks again at what seemed wrong, repairs it if that is wanted, and writes down what is left. */
async function settle(
  { repair = false, acknowledge, pauseMs = PAUSE_MS }: ReconciliationInput,
  report: ReconciliationReport,
  suspects: readonly RecordsOfOrder[],
): Promise<void> {
  if (suspects.length === 0) return;
  const { confirmed, moving } = await lookAgain(suspects, pauseMs);
  report.moving += moving.length;
  const ended = confirmed.filter(({ findings }) => findings.some(({ kind }) => DEPENDS_ON_THE_ENDING.includes(kind)));
  // Also that nobody knows it: the next pass would take it for one that ran when this one looked.
  const known = ended.map(({ records }) => records.workflow);
  if (known.length > 0) await order.keepEndings(known);
  const unclean = moving.map(({ orderId }) => orderId);
  // One after the other: what a repair writes down is a local activity, of which a workflow may have one at a time.
  const putRight = async (one: Confirmed): Promise<PutRight> => {
    if (acknowledge) return acknowledgeFindings(one, acknowledge);
    return repair ? repairOrder(one) : { repaired: [], left: one.findings };
  };
  for (const one of confirmed) {
    const { repaired, left } = await putRight(one);
    addRepaired(report, repaired);
    addFindings(report, left);
    if (left.length > 0) unclean.push(one.records.orderId);
  }
  if (unclean.length > 0) await order.markUnreconciled(unclean, report.startedAt);
}

/** Once Temporal has forgotten it, what was seen of it then tells what may be done. */
const DEPENDS_ON_THE_ENDING: readonly FindingKind[] = ['status-differs', 'workflow-gone'];

async function accountForStockLevels(report: ReconciliationReport): Promise<void> {
  let after: number | undefined;
  for (;;) {
    const levels = await stock.wrongStockLevels({ limit: PAGE, ...(after !== undefined && { after }) });
    addFindings(report, levels.flatMap(compareStockLevel));
    after = levels.at(-1)?.productId;
    if (levels.length < PAGE) return;
  }
}
