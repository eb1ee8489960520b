import {
  ActivityFailure,
  ApplicationFailure,
  getExternalWorkflowHandle,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { OrderRecord } from '../../contracts/activities/reconciliation.js';
import type { Acknowledgement, Finding, Repair, Repaired } from '../../contracts/reconciliation.js';
import { REFUSALS } from '../../contracts/refusals.js';
import type { SagaStep } from '../../contracts/saga-steps.js';
import { workflowIdOf } from '../../contracts/order-saga.js';
import { isFinal } from '../../contracts/order-status.js';
import { deliveryUpdate, paymentChanged } from '../order/messages.js';
import { recordProgress } from '../order/order-journal.js';
import { refundOf, stepActivities, stockOf } from '../order/step-activities.js';
import { stepEntry } from '../order/step-outcome.js';
import { compareOrder } from './compare/compare-order.js';
import { acknowledgedAs } from './compare/finding.js';
import { gatherRecords, areTheSame, type RecordsOfOrder, order, payment, stock } from './gather-records.js';
import type { Confirmed } from './report.js';
import { undoAbandoned } from './undo-abandoned-order.js';

/** A repair that takes longer is left for the next time. */
const PATIENCE_MS = 60_000;

export interface PutRight {
  repaired: Repaired[];
  /** What is wrong with it then. */
  left: Finding[];
}

const lookNow = async (orderId: string) => (await gatherRecords([orderId]))[0];

/**
 * Repairs what is safe of one order, and looks at it once more. Each repair is idempotent, so dying in the middle, or
 * two reconciliations at once, do no harm.
 */
export async function repairOrder({ records, findings }: Confirmed): Promise<PutRight> {
  const { order: row, orderId } = records;
  if (row === undefined || findings.every((finding) => finding.repair === undefined))
    return { repaired: [], left: findings };
  // The repairs of others came before it and took their time: what an operator has begun meanwhile is not undone.
  const before = await lookNow(orderId);
  if (!areTheSame(before, records)) return { repaired: [], left: wrongIn(before, findings) };
  const tried: Tried[] = [];
  // One of a kind sees to all that an order has of it.
  const did = new Map<Repair, string>();
  for (const finding of findings) {
    if (finding.repair === undefined) continue;
    const done = did.get(finding.repair) ?? (await repair(finding.repair, row));
    did.set(finding.repair, done);
    tried.push({ ...finding, did: done });
  }
  return lookAfter(tried, orderId, findings);
}

/** Writes down that an operator has put right what nobody else can, and looks at the order once more. */
export async function acknowledgeFindings(
  { records: { order: row, orderId }, findings }: Confirmed,
  acknowledgement: Acknowledgement,
): Promise<PutRight> {
  const { kind, by } = acknowledgement;
  const meant = findings.filter((finding) => finding.kind === kind);
  if (row === undefined) {
    const did = 'nothing: there is no such order, whose timeline could say so';
    return { repaired: meant.map((one) => ({ ...one, did, gone: false })), left: findings };
  }
  if (meant.length === 0) return { repaired: [], left: findings };
  const theirs = meant.filter((finding) => finding.repair === undefined);
  if (theirs.length > 0) await order.acknowledge(orderId, theirs.map(acknowledgedAs), acknowledgement);
  const tried = meant.map((finding) => ({
    ...finding,
    did: finding.repair ? 'nothing: --repair can see to it' : `put right by hand, says ${by}`,
  }));
  return lookAfter(tried, orderId, findings);
}

type Tried = Omit<Repaired, 'gone'>;

async function lookAfter(tried: readonly Tried[], orderId: string, before: Finding[]): Promise<PutRight> {
  const left = wrongIn(await lookNow(orderId), before);
  return { repaired: tried.map((one) => ({ ...one, gone: !left.some(({ kind }) => kind === one.kind) })), left };
}

const wrongIn = (now: RecordsOfOrder | undefined, before: Finding[]) =>
  now === undefined ? before : compareOrder(now, Date.now());

/** What was done, in words; a repair that fails says so, and leaves the finding. */
async function repair(what: Repair, record: OrderRecord): Promise<string> {
  try {
    return await REPAIR[what](record);
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : error;
    const type = cause instanceof ApplicationFailure ? cause.type : undefined;
    if (type === REFUSALS.alreadyDelivered) return 'nothing: the carrier has delivered it';
    return `could not: ${type ?? (cause instanceof Error ? cause.name : 'Error')}`;
  }
}

const steps = stepActivities(PATIENCE_MS);
const placedOf = ({ orderId: id, ...order }: OrderRecord) => ({ id, ...order });

const REPAIR: Record<Repair, (record: OrderRecord) => Promise<string>> = {
  'start-workflow': async ({ orderId }) => {
    await order.startOrderWorkflow(orderId);
    return 'its workflow was started';
  },
  'write-status': async ({ orderId }) => `it is ${await order.writeEnd(orderId)}`,
  'undo-order': (record) => undoAbandoned(record, PATIENCE_MS),
  'commit-stock': async (record) => {
    await steps.commitStock(stockOf(placedOf(record)));
    return told(record, 'commit-stock', 'its stock left the books');
  },
  'release-stock': async (record) => {
    await steps.releaseStock(stockOf(placedOf(record)));
    return told(record, 'release-stock', 'its stock was released');
  },
  'capture-payment': async (record) => {
    await steps.capturePayment(refundOf(placedOf(record)));
    return told(record, 'capture-payment', 'its payment was captured');
  },
  'refund-payment': async (record) => {
    const { status } = await payment.giveBackPayment(refundOf(placedOf(record)));
    return told(record, 'refund-payment', `its payment is ${status}`);
  },
  'record-payment': async (record) => {
    const { status } = await payment.recordPayment(record.orderId);
    return told(record, 'charge-payment', `its payment is ${status}`);
  },
  'refund-parts': async ({ orderId }) => {
    const parts = await payment.giveBackParts(orderId);
    for (const { outcome, ...part } of parts) if (outcome === 'refunded') await order.recordRefund(part);
    await restock(orderId);
    return parts.map(({ operationId, outcome }) => `part ${operationId} is ${outcome}`).join(', ');
  },
  'restock-goods': async ({ orderId }) => {
    const restocks = await restock(orderId);
    return restocks.map(({ id, restocked }) => `restock ${id} is ${restocked ? 'done' : 'refused'}`).join(', ');
  },
  'call-off-delivery': async (record) => {
    await steps.cancelDelivery({ orderId: record.orderId, userId: record.userId });
    return told(record, 'cancel-delivery', 'its delivery was called off');
  },
  'tell-order': async ({ orderId, status }) => {
    const saga = getExternalWorkflowHandle(workflowIdOf(orderId));
    const waitsForPayment = status === 'INVENTORY_RESERVED';
    if (waitsForPayment) await saga.signal(paymentChanged);
    else for (const report of await steps.carrierReports({ orderId })) await saga.signal(deliveryUpdate, report);
    // Fewer and fewer looks: each is events, and there may be many such orders.
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 15_000, 30_000]) {
      const [now] = await order.orderRecords([orderId]);
      if (now === undefined || isFinal(now.status) || (waitsForPayment && now.status !== status))
        return `it is ${now?.status ?? 'gone'}`;
      await sleep(pauseMs);
    }
    return 'its workflow was told';
  },
};

/** All that its refunds want, as its row says now: each is done once, and answers the same again. */
async function restock(orderId: string): Promise<{ id: string; restocked: boolean }[]> {
  const [row] = await order.orderRecords([orderId]);
  const done: { id: string; restocked: boolean }[] = [];
  for (const { operationId, lines } of row?.restocks ?? []) {
    const goods = { operationId, orderId, lines };
    const { restocked } = await stock.restock(goods);
    await order.recordRestock({ ...goods, restocked });
    done.push({ id: operationId, restocked });
  }
  return done;
}

/** Into the order's timeline, too. */
async function told({ orderId }: OrderRecord, step: SagaStep, did: string): Promise<string> {
  const entry = {
    ...stepEntry(step, 'done', 1, 'by a reconciliation'),
    key: `reconciled-${step}-${workflowInfo().runId}`,
  };
  await recordProgress({ orderId, patch: {}, entry, events: [] }, PATIENCE_MS, (write) => write());
  return did;
}
