import type { Finding, FindingKind, Repair } from '../../../contracts/reconciliation.js';
import type { PaymentState } from '../../../services/payment/domain/payment.js';
import type { RecordsOfOrder } from '../records-of-order.js';
import { finding } from './finding.js';
import { stageOf, type Stage } from './order-stage.js';

type Ours = PaymentState | 'none';
type Theirs = 'none' | 'CHARGED' | 'DECLINED' | 'REFUNDED' | 'VOIDED';

/** What it is when our books say one thing and the provider's another; undefined where no money is anywhere. */
function differenceOf(ours: Ours, theirs: Theirs): FindingKind | undefined {
  switch (theirs) {
    case 'CHARGED':
      if (ours === 'CHARGED') return undefined;
      return ours === 'REFUNDED' ? 'refund-not-at-provider' : 'charge-not-in-books';
    case 'REFUNDED':
      return ours === 'REFUNDED' ? undefined : 'refund-not-in-books';
    case 'none':
    case 'DECLINED':
    case 'VOIDED':
      return ours === 'CHARGED' || ours === 'REFUNDED' ? 'charge-unknown-to-provider' : undefined;
  }
}

/** A step or its undo that is under way explains any difference, for as long as its workflow runs. */
export function compareLedger({ orderId, order, workflow, payment, ledger }: RecordsOfOrder): Finding[] {
  const ours = (payment?.status ?? 'none') as Ours;
  const theirs = (ledger?.status ?? 'none') as Theirs;
  const moved = ledger ?? payment;
  const money = moved && { money: { amount: moved.amount, currency: moved.currency } };
  const says = `payment ${ours}, provider ${theirs}${ledger ? ` (${ledger.chargeId})` : ''}`;
  if (order === undefined) return theirs === 'CHARGED' ? [finding('charge-without-order', orderId, says, money)] : [];

  const stage = stageOf(order).payment;
  const difference = differenceOf(ours, theirs);
  const isExplained = stage === 'open' && (workflow.state === 'running' || order.settled.length > 0);
  if (difference === undefined || isExplained) return [];
  return [finding(difference, orderId, says, { ...money, repair: repairOf(difference, stage, ours) })];
}

/** Only where the order's own status leaves no doubt about whose the money is. */
function repairOf(difference: FindingKind, stage: Stage['payment'], ours: Ours): Repair | undefined {
  // What was declined stays so in our books, so somebody has to see that it was charged all the same.
  if (difference === 'charge-unknown-to-provider' || ours === 'DECLINED') return undefined;
  if (stage === 'undone') return 'refund-payment';
  return stage === 'charged' && ours === 'PENDING' && difference === 'charge-not-in-books'
    ? 'record-payment'
    : undefined;
}
