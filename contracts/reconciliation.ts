import type { Money } from './money.js';

/** Workflow type of a reconciliation. Without an argument it follows what changed and repairs nothing: what the schedule runs. */
export const RECONCILIATION = 'reconciliation';

/** Workflow type of the undo of an order whose own workflow is gone. */
export const UNDO_ABANDONED_ORDER = 'undoAbandonedOrder';

/** The schedule's id. */
export const RECONCILIATION_SCHEDULE = 'reconciliation';

/** Apart from the Saga's own: an order never gets a second `orderSaga`. */
export function undoWorkflowIdOf(orderId: string): string {
  return `undo-${orderId}`;
}

/** Where orders, or what belongs to them, are listed from. */
export const RECORD_SOURCES = ['orders', 'stock', 'payments', 'ledger', 'deliveries', 'unreconciled'] as const;

export type RecordSource = (typeof RECORD_SOURCES)[number];

/** What can be put right without asking anybody: each is idempotent, and does what the order's own Saga would have done. */
export const REPAIRS = {
  'start-workflow': 'its workflow is started, as the sweeper does',
  'undo-order':
    'it is undone as on `giveUp`, by a workflow `undo-<orderId>`, and CANCELLED with `OPERATOR_REQUEST`; completed instead if it was delivered',
  'write-status':
    'the row learns how its workflow ended, where that is further on its way, from Temporal or from what was kept of it; what is missing of its events is told, of a cancelled order its end alone',
  'commit-stock': 'what is held leaves the books',
  'release-stock': 'what is held can be ordered again',
  'capture-payment': 'what is held is taken, once',
  'refund-payment': 'the charge goes back at the provider, or what is held is let go of, and our books say so',
  'record-payment': "what the provider's ledger says is written into our books",
  'refund-parts':
    'each part that has no answer is asked for again, under its own id, and the order is told of each that went back; goods that were to go back to stock with it go back',
  'restock-goods': 'the goods of each refund go back to stock, once, and the order is told what became of them',
  'call-off-delivery': 'it is called off, if the carrier still can',
  'tell-order':
    'its workflow is told again what the carrier has said, or that the provider has news of its payment, and goes on',
} as const;

export type Repair = keyof typeof REPAIRS;

export interface FindingKindText {
  /** Which records were held against each other. */
  compares: string;
  means: string;
  /** With `--repair`; none where only a person can know what is right. */
  repairs: readonly Repair[];
}

const none: readonly Repair[] = [];

/** Every kind of damage that a reconciliation can tell. */
export const FINDING_KINDS = {
  'workflow-never-started': {
    compares: 'order, Temporal',
    means: 'an order was accepted and never got its workflow',
    repairs: ['start-workflow'],
  },
  'workflow-gone': {
    compares: 'order, Temporal',
    means: 'an order is not final, but its workflow was terminated, deleted, or has failed',
    repairs: ['undo-order'],
  },
  'workflow-outlives-order': {
    compares: 'order, Temporal',
    means: 'an order is final, but its workflow still runs',
    repairs: none,
  },
  'status-differs': {
    compares: 'order, Temporal',
    means: "an order's workflow ended with another status than the order has",
    repairs: ['write-status'],
  },
  'stock-lines-differ': {
    compares: 'order, stock',
    means: "what was reserved is not what the order's lines say",
    repairs: none,
  },
  'stock-missing': {
    compares: 'order, stock',
    means: "an order's stock should be held or sold, and is not: the same units can be sold again",
    repairs: none,
  },
  'stock-not-committed': {
    compares: 'order, stock',
    means: 'an order is COMPLETED, but its stock is still held',
    repairs: ['commit-stock'],
  },
  'stock-still-held': {
    compares: 'order, stock',
    means: 'an order is CANCELLED, but its stock is still held',
    repairs: ['release-stock'],
  },
  'stock-sold-but-cancelled': {
    compares: 'order, stock',
    means: 'an order is CANCELLED, but its stock counts as sold',
    repairs: none,
  },
  'stock-without-order': {
    compares: 'stock, order',
    means: 'stock is held or sold for an order that does not exist',
    repairs: none,
  },
  'stock-level-differs': {
    compares: 'stock',
    means: 'a product counts more or fewer reserved units than its reservations hold',
    repairs: none,
  },
  'stock-negative': { compares: 'stock', means: 'a product counts fewer than no units', repairs: none },
  'payment-missing': {
    compares: 'order, payment',
    means: 'an order should be paid, and is not',
    repairs: none,
  },
  'payment-not-captured': {
    compares: 'order, payment',
    means: 'an order is COMPLETED, and its money is only held still',
    repairs: ['capture-payment'],
  },
  'hold-not-released': {
    compares: 'order, payment',
    means: 'money is held still for an order that is COMPLETED and, says an operator, paid another way',
    repairs: ['refund-payment'],
  },
  'payment-differs': {
    compares: 'order, payment',
    means:
      'an order says that it is paid by another payment than its own, or by none of ours: a charge that was completed by hand with a wrong id, for instance',
    repairs: none,
  },
  'payment-not-refunded': {
    compares: 'order, payment',
    means: 'an order is CANCELLED, but its charge was not refunded, is held still, or is undecided',
    repairs: ['refund-payment'],
  },
  'payment-unheard': {
    compares: "order, payment, provider's ledger",
    means: 'the provider was paid, or has refused, and the order has waited on for ten minutes',
    repairs: ['tell-order'],
  },
  'amount-differs': {
    compares: "order, payment, provider's ledger",
    means: 'an amount or a currency is not the same in all of them',
    repairs: none,
  },
  'charge-not-in-books': {
    compares: "payment, provider's ledger",
    means: 'the provider has charged, or holds, and our books do not say so: a late charge, for instance',
    repairs: ['refund-payment', 'record-payment'],
  },
  'refund-not-in-books': {
    compares: "payment, provider's ledger",
    means: 'the provider has refunded, but our books say that it was charged, or nothing',
    repairs: ['refund-payment'],
  },
  'refund-not-at-provider': {
    compares: "payment, provider's ledger",
    means: 'our books say refunded, but the provider still has the money',
    repairs: ['refund-payment'],
  },
  'charge-unknown-to-provider': {
    compares: "payment, provider's ledger",
    means: 'our books say held, charged or refunded, but the provider does not: a hold that has expired, for instance',
    repairs: none,
  },
  'part-unanswered': {
    compares: "payment, provider's ledger",
    means:
      'a part of a charge was to go back ten minutes ago, and our books do not know whether it did: the provider is away, or what asked it is gone',
    repairs: ['refund-parts'],
  },
  'part-not-in-books': {
    compares: "payment, provider's ledger",
    means: 'the provider has given back a part of a charge that our books do not have, or have as refused',
    repairs: none,
  },
  'part-not-at-provider': {
    compares: "payment, provider's ledger",
    means: 'our books say that a part of a charge went back, and the provider has not given it back',
    repairs: none,
  },
  'part-differs': {
    compares: "payment, provider's ledger",
    means: 'the provider has given back another amount under the id of a part than our books have',
    repairs: none,
  },
  'part-untold': {
    compares: 'payment, order',
    means: 'a part of a charge went back ten minutes ago, and its order, and so its customer, was not told',
    repairs: ['refund-parts'],
  },
  'restock-missing': {
    compares: 'order, stock',
    means:
      'a refund went back ten minutes ago, and its goods, which were to go back to stock, did not, or its order was not told',
    repairs: ['restock-goods'],
  },
  'payment-without-order': {
    compares: 'payment, order',
    means: 'our books have a payment of an order that does not exist',
    repairs: none,
  },
  'charge-without-order': {
    compares: "provider's ledger, order",
    means: 'the provider has charged under a key that is no order of ours: a charge made twice, for instance',
    repairs: none,
  },
  'settled-and-done': {
    compares: 'order, stock, payment',
    means:
      'an operator had put a step right elsewhere, and its service did it afterwards all the same: money that was given back twice, for instance',
    repairs: none,
  },
  'not-delivered': {
    compares: 'order, delivery',
    means: 'an order is COMPLETED, but its delivery is not DELIVERED',
    repairs: none,
  },
  'still-delivering': {
    compares: 'order, delivery',
    means: 'an order is CANCELLED, but its delivery is still on its way',
    repairs: ['call-off-delivery'],
  },
  'delivered-but-cancelled': {
    compares: 'order, delivery',
    means: 'an order is CANCELLED, but it was delivered, also by a carrier that had agreed to call it off',
    repairs: none,
  },
  'returned-but-completed': {
    compares: 'order, delivery',
    means: 'an order is COMPLETED, but the carrier says that its parcel came back after it was delivered',
    repairs: none,
  },
  'delivery-unheard': {
    compares: 'order, delivery',
    means: 'the carrier has delivered or returned it, and its order has waited on for ten minutes',
    repairs: ['tell-order'],
  },
  'delivery-without-order': {
    compares: 'delivery, order',
    means: 'the carrier has a delivery of an order that does not exist',
    repairs: none,
  },
} as const satisfies Record<string, FindingKindText>;

export type FindingKind = keyof typeof FINDING_KINDS;

/** Something that no record accounts for. Holds ids, statuses and numbers: nothing personal. */
export interface Finding {
  kind: FindingKind;
  orderId?: string;
  productId?: number;
  /** What stands where. */
  detail: string;
  /** How many units of stock it is about. */
  units?: number;
  /** How much money it is about. */
  money?: Money;
  /** What puts it right; none: somebody has to look. */
  repair?: Repair;
}

/** A finding that a repair was made for, or that an operator has put right: what was done, and whether it is gone. */
export interface Repaired extends Finding {
  did: string;
  gone: boolean;
}

/** An operator has put right what is found of one kind, where no repair can. */
export interface Acknowledgement {
  kind: FindingKind;
  by: string;
  note: string;
}

export interface ReconciliationInput {
  /** These alone, without stock levels. */
  orderIds?: readonly string[];
  /** Default: what changed since the last pass and what is not over; everything when no pass did for RECONCILE_ALL_EVERY. */
  scope?: 'all' | 'changed';
  /** Default false. */
  repair?: boolean;
  /** Of these orders, rather than to repair them. */
  acknowledge?: Acknowledgement;
  /** How long a suspicion rests before it is looked at again, ms; longer than any attempt of a step. Default 10 s. */
  pauseMs?: number;
  /** Records that are listed at once. Default 100. */
  pageSize?: number;
  /** Pages until the workflow goes on as a new run with a short history. Default 50. */
  pagesARun?: number;
}

/** As it goes, and at the end. */
export interface ReconciliationReport {
  /** RFC 3339. */
  startedAt: string;
  /** RFC 3339: it looks at what has changed since then, and at what is not over; else at everything. */
  since?: string;
  /** Of the orders asked for, those that nobody has ever heard of. */
  unknown: string[];
  /** How many orders each kind of record was listed of. */
  checked: Record<RecordSource, number>;
  /** At most FINDINGS_LISTED; with a repair, those that are left. */
  findings: Finding[];
  /** By kind, all of them. */
  counts: Partial<Record<FindingKind, number>>;
  repaired: Repaired[];
  /** Looked suspicious, and changed at each look: on their way, so not reported. */
  moving: number;
  information: {
    /** Wait for an operator, who sees them elsewhere: no findings. At most FINDINGS_LISTED. */
    needAttention: string[];
    /** What operators put right by hand, when, and what the books of that service say. At most FINDINGS_LISTED. */
    settled: { orderId: string; step: string; at: string; stands: string }[];
    /** Events that wait for Kafka for more than ten minutes. */
    unpublishedEvents: { count: number; oldest?: string };
  };
}

/** More are counted, and no longer listed. */
export const FINDINGS_LISTED = 500;
