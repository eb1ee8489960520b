import type { CancelReason } from '../../../contracts/order-status.js';

export interface Kind {
  /** Of a hundred orders, about so many. */
  share: number;
  paymentMethod?: string;
  postalCode?: string;
  lines: 1 | 3;
  /** Two posts at once with the same key. */
  twice?: boolean;
  /** A second post at once with the same key, which will not wait for the answer. */
  impatient?: boolean;
  /** Asks for its cancellation so long after its answer, and again until it is heard. */
  cancelWithinMs?: [number, number];
  /** Delivered, which the delivery service writes down, and the signal to the Saga is lost. */
  losesItsReport?: boolean;
  /** Somebody signals it with a payload that nobody can read. */
  isPoisoned?: boolean;
  /** Minor unit: an operator gives these back once it is paid, all at once and again until each is answered. */
  parts?: readonly number[];
  /** An operator takes a unit back once it is delivered: its price goes back, and it goes back to stock. */
  restocks?: boolean;
  /** An operator decides so once it waits for review, and again until that is heard. */
  review?: 'approve' | 'reject';
  /** Its customer says so at the bank, once it asks, and again until that is heard. */
  bank?: 'confirm' | 'refuse';
  /** Of its provider's webhooks, beside the one that is due: a hundred of them come at once, or none. */
  webhooks?: 'burst' | 'lost';
  /** Of a product that is nearly sold out. */
  scarce?: boolean;
  /** How it may end. */
  ends: readonly ('COMPLETED' | CancelReason)[];
}

/** Of whatever they order, minor unit. */
export const UNIT_PRICE = 1_000;

/** What customers do. */
export const KINDS = {
  ok: { share: 7, lines: 1, ends: ['COMPLETED'] },
  'several lines': { share: 5, lines: 3, ends: ['COMPLETED'] },
  'posted twice': { share: 6, lines: 1, twice: true, ends: ['COMPLETED'] },
  'will not wait': { share: 4, lines: 1, impatient: true, ends: ['COMPLETED'] },
  declined: { share: 8, lines: 1, paymentMethod: 'card_declined', ends: ['PAYMENT_DECLINED'] },
  'lost answer': { share: 8, lines: 1, paymentMethod: 'card_lost_answer', ends: ['COMPLETED'] },
  flaky: { share: 6, lines: 1, paymentMethod: 'card_flaky', ends: ['COMPLETED'] },
  refused: { share: 8, lines: 3, postalCode: '00000', ends: ['DELIVERY_REFUSED'] },
  returned: { share: 6, lines: 1, postalCode: '99999', ends: ['DELIVERY_RETURNED'] },
  cancelled: { share: 6, lines: 1, cancelWithinMs: [0, 400], ends: ['CUSTOMER_REQUEST', 'COMPLETED'] },
  'cancelled in delivery': {
    share: 6,
    lines: 3,
    postalCode: '88888',
    cancelWithinMs: [600, 1_500],
    ends: ['CUSTOMER_REQUEST'],
  },
  'refunded in parts': { share: 4, lines: 1, parts: [300, 200], ends: ['COMPLETED'] },
  'refunded and restocked': { share: 2, lines: 1, parts: [UNIT_PRICE], restocks: true, ends: ['COMPLETED'] },
  'refunded and returned': {
    share: 2,
    lines: 1,
    postalCode: '99999',
    parts: [300, 200],
    ends: ['DELIVERY_RETURNED'],
  },
  approved: { share: 2, lines: 1, paymentMethod: 'card_review', review: 'approve', ends: ['COMPLETED'] },
  rejected: { share: 2, lines: 1, paymentMethod: 'card_review', review: 'reject', ends: ['REVIEW_REJECTED'] },
  'confirmed at the bank': { share: 2, lines: 1, paymentMethod: 'card_3ds', bank: 'confirm', ends: ['COMPLETED'] },
  'refused at the bank': { share: 1, lines: 1, paymentMethod: 'card_3ds', bank: 'refuse', ends: ['PAYMENT_DECLINED'] },
  'paid by transfer': { share: 2, lines: 1, paymentMethod: 'bank_transfer', ends: ['COMPLETED'] },
  'webhooks in a burst': {
    share: 1,
    lines: 1,
    paymentMethod: 'bank_transfer',
    webhooks: 'burst',
    ends: ['COMPLETED'],
  },
  'webhook lost': { share: 1, lines: 1, paymentMethod: 'bank_transfer', webhooks: 'lost', ends: ['COMPLETED'] },
  'cancelled unpaid': {
    share: 1,
    lines: 1,
    paymentMethod: 'bank_transfer_unpaid',
    cancelWithinMs: [0, 1_500],
    // Where nobody hears the customer for a minute its window is over first.
    ends: ['CUSTOMER_REQUEST', 'PAYMENT_TIMEOUT'],
  },
  'delivered unheard': { share: 4, lines: 1, postalCode: '88888', losesItsReport: true, ends: ['COMPLETED'] },
  poisoned: { share: 4, lines: 1, isPoisoned: true, ends: ['COMPLETED'] },
  'sold out': { share: 2, lines: 1, scarce: true, ends: ['INSUFFICIENT_STOCK', 'COMPLETED'] },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

export const kindOf = (name: KindName): Kind => KINDS[name];

/** By their shares, each name as often as it has parts of a hundred. */
export const KINDS_BY_SHARE: KindName[] = (Object.keys(KINDS) as KindName[]).flatMap((name) =>
  Array.from({ length: KINDS[name].share }, () => name),
);
