import { continueAsNew, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { IdPage } from '../../contracts/activities/reconciliation.js';
import {
  RECORD_SOURCES,
  type ReconciliationInput,
  type ReconciliationReport,
  type RecordSource,
} from '../../contracts/reconciliation.js';
import { compareStockLevel } from './compare/compare-stock-level.js';
import { lookTwice } from './look-twice.js';
import { reconciliationProgress } from './messages.js';
import { repairOrder } from './repair-order.js';
import { addFindings, addInformation, addRepaired, emptyReport } from './report.js';
import { delivery, order, payment, stock } from './services.js';

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
}

/** Whose records name which orders. */
const LISTS: Record<RecordSource, (page: IdPage) => Promise<string[]>> = {
  orders: (page) => order.listOrderIds(page),
  stock: (page) => stock.listStockOrderIds(page),
  payments: (page) => payment.listPaymentOrderIds(page),
  ledger: (page) => payment.listLedgerOrderIds(page),
  deliveries: (page) => delivery.listDeliveryOrderIds(page),
};

/**
 * Compares stock, reservations, payments, the provider's ledger, deliveries, orders and workflows, and reports what no
 * record accounts for: first order by order, then whatever names an order that does not exist.
 */
export async function reconciliation(input: ReconciliationInput = {}, place?: Place): Promise<ReconciliationReport> {
  const report = place?.report ?? emptyReport(new Date());
  setHandler(reconciliationProgress, () => ({ checked: report.checked, counts: report.counts }));

  if (input.orderIds) await account(input, report, input.orderIds);
  else await accountForEverything(input, report, place ?? { source: 'orders', report });

  await order.tellFindings({ ...report, complete: input.orderIds === undefined });
  return report;
}

async function accountForEverything(
  input: ReconciliationInput,
  report: ReconciliationReport,
  place: Place,
): Promise<void> {
  const { pageSize = PAGE, pagesARun = PAGES_A_RUN } = input;
  let { after } = place;
  let pages = 0;
  for (const source of RECORD_SOURCES.slice(RECORD_SOURCES.indexOf(place.source))) {
    for (;;) {
      const ids = await LISTS[source]({ limit: pageSize, ...(after !== undefined && { after }) });
      if (ids.length === 0) break;
      await account(input, report, source === 'orders' ? ids : await withoutOrder(ids));
      after = ids.at(-1);
      report.checked[source] += ids.length;
      setCurrentDetails(`${report.checked[source]} ${source} compared, ${report.findings.length} findings`);
      pages += 1;
      if (pages >= pagesARun || workflowInfo().continueAsNewSuggested)
        await continueAsNew<typeof reconciliation>(input, { source, report, ...(after !== undefined && { after }) });
      if (ids.length < pageSize) break;
    }
    after = undefined;
  }
  await accountForStockLevels(report);
  report.information.unpublishedEvents = await order.unpublishedEvents();
}

/** An order's row comes before all else that is written of it, so whatever has none now never had one. */
async function withoutOrder(ids: readonly string[]): Promise<string[]> {
  const known = new Set((await order.orderRecords(ids)).map(({ orderId }) => orderId));
  return ids.filter((id) => !known.has(id));
}

async function account(
  { repair = false, pauseMs = PAUSE_MS }: ReconciliationInput,
  report: ReconciliationReport,
  orderIds: readonly string[],
): Promise<void> {
  const { seen, confirmed, moving } = await lookTwice(orderIds, pauseMs);
  addInformation(report, seen);
  report.moving += moving;
  const results = repair
    ? await Promise.all(confirmed.map(repairOrder))
    : confirmed.map(({ findings: left }) => ({ repaired: [], left }));
  for (const { repaired, left } of results) {
    addRepaired(report, repaired);
    addFindings(report, left);
  }
}

async function accountForStockLevels(report: ReconciliationReport): Promise<void> {
  let after: number | undefined;
  for (;;) {
    const levels = await stock.wrongStockLevels({ limit: PAGE, ...(after !== undefined && { after }) });
    addFindings(report, levels.flatMap(compareStockLevel));
    after = levels.at(-1)?.productId;
    if (levels.length < PAGE) return;
  }
}
