import { PART_ANSWERED_WITHIN_MS } from '../../../contracts/activities/reconciliation.js';
import type { Finding, FindingKind, Repair } from '../../../contracts/reconciliation.js';
import { isFinal } from '../../../contracts/order-status.js';
import type { PaymentState } from '../../../services/payment/domain/payment.js';
import type { RecordsOfOrder } from '../gather-records.js';
import { finding, HEARD_WITHIN_MS, stageOf, type Stage } from './finding.js';

/** Whose money it is by our own books. */
export function comparePayment({ orderId, order, payment }: RecordsOfOrder): Finding[] {
  const state = payment?.status as PaymentState | undefined;
  const paid = payment && { money: { amount: payment.amount, currency: payment.currency } };
  // PENDING: the provider was asked, and nobody knows what became of it.
  const isLeft = state === 'CHARGED' || state === 'AUTHORISED' || state === 'PENDING';
  if (order === undefined) return isLeft ? [finding('payment-without-order', orderId, `payment ${state}`, paid)] : [];

  const says = `order ${order.status}, payment ${state ?? 'none'}`;
  const total = { amount: order.totalPrice, currency: order.currency };
  if (state === 'AUTHORISED' && order.status === 'COMPLETED') {
    const isPaidElsewhere = order.settled.some(({ step }) => step === 'capture-payment' || step === 'charge-payment');
    return isPaidElsewhere
      ? [finding('hold-not-released', orderId, says, { money: total, repair: 'refund-payment' })]
      : [finding('payment-not-captured', orderId, says, { money: total, repair: 'capture-payment' })];
  }

  const ids = `order's payment ${order.paymentId ?? ''}, its books' ${payment?.paymentId ?? 'none'}`;
  const differs =
    order.paymentId === undefined || order.paymentId === payment?.paymentId
      ? []
      : [finding('payment-differs', orderId, `${says}; ${ids}`, { money: total })];
  switch (stageOf(order).payment) {
    case 'open':
      return differs;
    case 'charged':
      // Held until the carrier has the parcel, and the Saga has heard of it.
      return state === 'CHARGED' || state === 'AUTHORISED'
        ? differs
        : [finding('payment-missing', orderId, says, { money: total })];
    case 'undone':
      return isLeft ? [finding('payment-not-refunded', orderId, says, { ...paid, repair: 'refund-payment' })] : differs;
  }
}

type Ours = PaymentState | 'none';
type Theirs = 'none' | 'HELD' | 'CHARGED' | 'DECLINED' | 'REFUNDED' | 'VOIDED';

/** What it is when our books say one thing and the provider's another; undefined where no money is anywhere. */
function differenceOf(ours: Ours, theirs: Theirs): FindingKind | undefined {
  switch (theirs) {
    case 'CHARGED':
      if (ours === 'CHARGED') return undefined;
      return ours === 'REFUNDED' ? 'refund-not-at-provider' : 'charge-not-in-books';
    case 'HELD':
      if (ours === 'AUTHORISED') return undefined;
      if (ours === 'CHARGED') return 'charge-unknown-to-provider';
      return ours === 'REFUNDED' ? 'refund-not-at-provider' : 'charge-not-in-books';
    case 'REFUNDED':
      return ours === 'REFUNDED' ? undefined : 'refund-not-in-books';
    case 'none':
    case 'DECLINED':
    case 'VOIDED':
      return ours === 'CHARGED' || ours === 'AUTHORISED' || ours === 'REFUNDED'
        ? 'charge-unknown-to-provider'
        : undefined;
  }
}

/** A step or its undo that is under way explains any difference, for as long as its workflow runs. */
export function compareLedger({ orderId, order, workflow, payment, ledger }: RecordsOfOrder): Finding[] {
  const ours = (payment?.status ?? 'none') as Ours;
  const theirs = (ledger?.status ?? 'none') as Theirs;
  const moved = ledger ?? payment;
  const money = moved && { money: { amount: moved.amount, currency: moved.currency } };
  const says = `payment ${ours}, provider ${theirs}${ledger ? ` (${ledger.chargeId})` : ''}`;
  if (order === undefined)
    return theirs === 'CHARGED' || theirs === 'HELD' ? [finding('charge-without-order', orderId, says, money)] : [];

  const stage = stageOf(order).payment;
  const difference = differenceOf(ours, theirs);
  // A capture that is under way; a hold that is gone is none.
  const isCaptured = ours === 'AUTHORISED' && theirs === 'CHARGED' && !isFinal(order.status);
  const isExplained =
    (stage === 'open' && (workflow.state === 'running' || order.settled.length > 0)) ||
    (isCaptured && workflow.state === 'running');
  if (difference === undefined || isExplained) return [];
  return [finding(difference, orderId, says, { ...money, repair: repairOf(difference, stage, ours) })];
}

/** Only where the order's own status leaves no doubt about whose the money is. */
function repairOf(difference: FindingKind, stage: Stage['payment'], ours: Ours): Repair | undefined {
  // What was declined stays so in our books, so somebody has to see that it was charged all the same.
  if (difference === 'charge-unknown-to-provider' || ours === 'DECLINED') return undefined;
  if (stage === 'undone') return 'refund-payment';
  return stage === 'charged' && (ours === 'PENDING' || ours === 'AUTHORISED') && difference === 'charge-not-in-books'
    ? 'record-payment'
    : undefined;
}

/** What was decided at the provider while the order waits on to be paid, and nothing has failed: the order was not told. */
export function comparePending({ orderId, order, workflow, payment, ledger }: RecordsOfOrder, now: number): Finding[] {
  const isDecided = ledger?.status === 'CHARGED' || ledger?.status === 'HELD' || ledger?.status === 'DECLINED';
  const waits = order?.status === 'INVENTORY_RESERVED' && !order.needsAttention && workflow.state === 'running';
  if (!isDecided || !waits || payment?.status !== 'PENDING' || ledger.changedAt === undefined) return [];
  const [decidedAt, waitsSince] = [Date.parse(ledger.changedAt), Date.parse(order.updatedAt)];
  // Its Saga asks the provider again after a tenth of what it has waited.
  const waited = Math.max(decidedAt - waitsSince, 0);
  if (now - Math.max(decidedAt, waitsSince) <= waited / 10 + HEARD_WITHIN_MS) return [];
  const money = { amount: ledger.amount, currency: ledger.currency };
  const says = `order ${order.status}, payment ${payment.status}, provider ${ledger.status} (${ledger.chargeId})`;
  return [finding('payment-unheard', orderId, says, { money, repair: 'tell-order' })];
}

/** Amounts and currencies never change, so these are compared while an order is under way, too. */
export function compareAmounts({ orderId, order, payment, ledger }: RecordsOfOrder): Finding[] {
  // A mark of the provider's, where nothing was ever charged, has no amount.
  const tookMoney = ledger?.status === 'HELD' || ledger?.status === 'CHARGED' || ledger?.status === 'REFUNDED';
  const amounts = [
    ...(order === undefined ? [] : [{ of: 'order', amount: order.totalPrice, currency: order.currency }]),
    ...(payment === undefined ? [] : [{ of: 'payment', amount: payment.amount, currency: payment.currency }]),
    ...(ledger !== undefined && tookMoney
      ? [{ of: `provider (${ledger.chargeId})`, amount: ledger.amount, currency: ledger.currency }]
      : []),
  ];
  const [first] = amounts;
  if (first === undefined || new Set(amounts.map(({ amount, currency }) => `${amount} ${currency}`)).size === 1)
    return [];
  const values = amounts.map(({ amount }) => amount);
  return [
    finding(
      'amount-differs',
      orderId,
      amounts.map(({ of, amount, currency }) => `${of} ${amount} ${currency}`).join(', '),
      {
        money: { amount: Math.max(...values) - Math.min(...values), currency: first.currency },
      },
    ),
  ];
}

/** By operation: the order's Saga knows nothing of parts, so no status of an order explains a difference. */
export function compareParts({ orderId, order, payment, ledger }: RecordsOfOrder, now: number): Finding[] {
  const currency = (payment ?? ledger)?.currency;
  // Asked of a version that knew of no parts.
  const isUntold = [payment, ledger].some((record) => record !== undefined && record.parts === undefined);
  if (currency === undefined || isUntold) return [];
  const ours = payment?.parts ?? [];
  const theirs = ledger?.parts ?? [];
  const of = (kind: FindingKind, id: string, says: string, amount: number, repair?: Repair) =>
    finding(kind, orderId, `part ${id} ${says}`, { money: { amount, currency }, repair });

  const byUs = ours.flatMap(({ operationId: id, amount, state, updatedAt }) => {
    const there = theirs.find(({ operationId }) => operationId === id);
    const says = `${state} ${amount}, provider ${there?.amount ?? 'none'}`;
    if (there !== undefined && there.amount !== amount)
      return [of('part-differs', id, says, Math.abs(there.amount - amount))];
    const isDue = now - Date.parse(updatedAt) > PART_ANSWERED_WITHIN_MS;
    if (state === 'PENDING') return isDue ? [of('part-unanswered', id, says, amount, 'refund-parts')] : [];
    const isUntold = isDue && order?.refunds?.includes(id) === false;
    if (state === 'DONE' && there !== undefined)
      return isUntold ? [of('part-untold', id, `${says}, not in the order`, amount, 'refund-parts')] : [];
    if (state !== 'DONE' && there === undefined) return [];
    return [of(there === undefined ? 'part-not-at-provider' : 'part-not-in-books', id, says, amount)];
  });
  const byThemAlone = theirs
    .filter(({ operationId }) => !ours.some((one) => one.operationId === operationId))
    .map(({ operationId, amount }) => of('part-not-in-books', operationId, `none, provider ${amount}`, amount));
  return [...byUs, ...byThemAlone];
}
