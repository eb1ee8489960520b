import type { Finding } from '../../../contracts/reconciliation.js';
import type { DeliveryState } from '../../../services/delivery/domain/delivery.js';
import type { RecordsOfOrder } from '../gather-records.js';
import { finding, stageOf, acknowledgedAs, HEARD_WITHIN_MS } from './finding.js';
import { isFinal, type OrderStatus } from '../../../contracts/order-status.js';
import type { ReservationStatus } from '../../../services/inventory/domain/reservation.js';
import { partOf, type SagaStep } from '../../../contracts/saga-steps.js';
import type { PaymentState } from '../../../services/payment/domain/payment.js';
import { compareAmounts, compareLedger, compareParts, comparePayment, comparePending } from './compare-money.js';
import { compareRestocks, compareStock } from './compare-stock.js';

/** The carrier was asked, or has it. */
const ON_ITS_WAY: readonly DeliveryState[] = ['PENDING', 'STARTED', 'IN_TRANSIT'];

/** `now` in milliseconds since the epoch. */
function compareDelivery({ orderId, order, workflow, delivery }: RecordsOfOrder, now: number): Finding[] {
  const state = delivery?.status as DeliveryState | undefined;
  const isOnItsWay = state !== undefined && ON_ITS_WAY.includes(state);
  if (order === undefined)
    return isOnItsWay || state === 'DELIVERED' ? [finding('delivery-without-order', orderId, `delivery ${state}`)] : [];

  const reported = delivery?.reported ?? [];
  const says = `order ${order.status}, delivery ${[state ?? 'none', ...reported].join(', ')}`;
  switch (stageOf(order).delivery) {
    case 'open': {
      const hasEnded = delivery !== undefined && (state === 'DELIVERED' || state === 'RETURNED');
      const waitsAt = order.attentionStep ?? 'await-delivery';
      // A capture is waited for no longer than until its parcel is known to come back.
      const waitsForTheCarrier =
        order.status === 'DELIVERY_STARTED' &&
        (waitsAt === 'await-delivery' || (waitsAt === 'capture-payment' && state === 'RETURNED'));
      if (workflow.state !== 'running' || !hasEnded || !waitsForTheCarrier) return [];
      return now - Math.max(Date.parse(delivery.updatedAt), Date.parse(order.updatedAt)) > HEARD_WITHIN_MS
        ? [finding('delivery-unheard', orderId, says, { repair: 'tell-order' })]
        : [];
    }
    case 'delivered':
      if (state !== 'DELIVERED') return [finding('not-delivered', orderId, says)];
      return reported.includes('returned') ? [finding('returned-but-completed', orderId, says)] : [];
    case 'undone':
      if (isOnItsWay) return [finding('still-delivering', orderId, says, { repair: 'call-off-delivery' })];
      return state === 'DELIVERED' || reported.includes('delivered')
        ? [finding('delivered-but-cancelled', orderId, says)]
        : [];
  }
}

const HELD = 'HELD' satisfies ReservationStatus;

/** Younger ones are in the hands of the request that placed them, then of the sweeper. */
const STARTED_WITHIN_MS = 30_000;
/** The workflow ends a moment after its last record. */
const ENDS_WITHIN_MS = 60_000;

function compareWorkflow(records: RecordsOfOrder, now: number): Finding[] {
  const { order, workflow } = records;
  if (order === undefined) return [];
  const { orderId, status } = order;
  const says = `order ${status}, workflow ${workflow.detail}`;
  const of = (kind: Finding['kind'], repair?: Finding['repair']) => [
    finding(kind, orderId, says, { ...atStake(records), repair }),
  ];

  if (isFinal(status)) {
    if (workflow.state === 'running')
      return now - Date.parse(order.updatedAt) > ENDS_WITHIN_MS ? of('workflow-outlives-order') : [];
    const endedOtherwise = workflow.orderStatus !== undefined && workflow.orderStatus !== status;
    return workflow.state === 'completed' && endedOtherwise
      ? [finding('status-differs', orderId, `order ${status}, workflow ended as ${workflow.orderStatus ?? ''}`)]
      : [];
  }
  switch (workflow.state) {
    case 'running':
      return [];
    case 'completed':
      // It ended well by its own books, so what it did must not be undone behind its back.
      return of('status-differs', isFurther(workflow.orderStatus, status) ? 'write-status' : undefined);
    case 'forgotten':
      // It may have ended well, so nothing of it may be undone.
      return of('workflow-gone');
    case 'ended-otherwise':
      return of('workflow-gone', 'undo-order');
    case 'gone':
      if (order.wasStarted) return of('workflow-gone', 'undo-order');
      return now - Date.parse(order.createdAt) > STARTED_WITHIN_MS
        ? of('workflow-never-started', 'start-workflow')
        : [];
  }
}

/** On its own branch. */
function isFurther(ended: string | undefined, status: OrderStatus): boolean {
  return ended === 'CANCELLED' || (ended === 'COMPLETED' && status !== 'CANCELLING');
}

/** Of our books or the provider's: taken, or held. */
const HAS_MONEY: readonly string[] = ['CHARGED', 'AUTHORISED', 'HELD'];

/** What the order holds, and nobody will give back. */
function atStake({ stock, payment, ledger }: RecordsOfOrder): Pick<Finding, 'units' | 'money'> {
  const units = stock.filter(({ status }) => status === HELD).reduce((sum, { quantity }) => sum + quantity, 0);
  const charged = [ledger, payment].find((record) => record && HAS_MONEY.includes(record.status));
  return {
    ...(units > 0 && { units }),
    ...(charged && { money: { amount: charged.amount, currency: charged.currency } }),
  };
}

/**
 * What an operator put right elsewhere and its service has done afterwards all the same. Done before, it was settled
 * because nobody heard of it. Not seen of what goes on being written: a reservation that is sold, a parcel on its way.
 */
function compareSettled({ orderId, order, stock, payment, ledger }: RecordsOfOrder): Finding[] {
  const paymentIs = (...states: PaymentState[]) =>
    payment !== undefined && states.some((state) => state === payment.status) ? [payment] : [];
  // What was pending then nobody asks for any more: that it came after all the provider's books alone say.
  const unheard =
    (ledger?.status === 'CHARGED' || ledger?.status === 'HELD') && ledger.changedAt !== undefined
      ? paymentIs('PENDING').map((row) => ({ ...row, status: ledger.status, updatedAt: ledger.changedAt ?? '' }))
      : [];
  const stockIs = (...statuses: ReservationStatus[]) =>
    stock.filter(({ status }) => statuses.some((one) => one === status));

  return (order?.settled ?? []).flatMap(({ step, at }) => {
    const after = <Row extends { updatedAt: string }>(rows: Row[]) =>
      rows.filter(({ updatedAt }) => Date.parse(updatedAt) > Date.parse(at));
    const done = (rows: { status: string; updatedAt: string }[], worth: Pick<Finding, 'units' | 'money'>) =>
      rows.slice(0, 1).map(({ status, updatedAt }) => {
        const detail = `${step} was settled at ${at}; ${partOf(step)} ${status} since ${updatedAt}`;
        return finding('settled-and-done', orderId, detail, worth);
      });
    const ofMoney = (rows: NonNullable<typeof payment>[]) =>
      rows.flatMap((row) => done([row], { money: { amount: row.amount, currency: row.currency } }));
    const ofUnits = (rows: typeof stock) =>
      done(rows, { units: rows.reduce((sum, { quantity }) => sum + quantity, 0) });

    const known = step as SagaStep;
    switch (known) {
      case 'charge-payment':
        return ofMoney(after([...paymentIs('CHARGED', 'AUTHORISED'), ...unheard]));
      case 'capture-payment':
        return ofMoney(after(paymentIs('CHARGED')));
      case 'refund-payment':
        return ofMoney(after([...paymentIs('REFUNDED'), ...unheard]));
      case 'commit-stock':
        return ofUnits(after(stockIs('COMMITTED')));
      case 'release-stock':
        return ofUnits(after(stockIs('RELEASED', 'RETURNED')));
      // Goods are held and parcels begun for as long as an order is on its way: that proves nothing.
      case 'reserve-stock':
      case 'start-delivery':
      case 'cancel-delivery':
        return [];
      // What is no step of the Saga: its records.
      default:
        known satisfies never;
        return [];
    }
  });
}

/** What the books of its service say of a step that was settled. */
export function standsFor(step: string, { stock, payment, ledger, delivery }: RecordsOfOrder): string {
  switch (partOf(step)) {
    case 'stock':
      return `stock ${[...new Set(stock.map(({ status }) => status))].join(', ') || 'none'}`;
    case 'payment':
      return `payment ${payment?.status ?? 'none'}, provider ${ledger?.status ?? 'none'}`;
    case 'delivery':
    case undefined:
      return `delivery ${delivery?.status ?? 'none'}`;
  }
}

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
    ...comparePending(records, now),
    ...compareAmounts(records),
    ...compareParts(records, now),
    ...compareRestocks(records, now),
    ...compareDelivery(records, now),
    ...compareSettled(records),
  ]);
}
