import type { OrderPatch, StockDecision } from '../../../contracts/activities/order-activities.js';
import type { Order, OrderPayment, ShownState } from '../../../contracts/http/orders.js';
import type { OrderFacts } from '../../../contracts/order-saga.js';
import { mayMove, type OrderStatus, type Review } from '../../../contracts/order-status.js';
import type { AttentionReason } from '../../../contracts/saga-steps.js';

/** Its reason is a code for operators, which callers don't see. */
export type Attention = NonNullable<Order['attention']> & { reason?: AttentionReason };

/** What of an order changes as its Saga goes on: its row's rule, and the workflow's. */
export type OrderState = { [Fact in keyof OrderFacts]-?: NonNullable<OrderFacts[Fact]> | null } & {
  status: OrderStatus;
  stockDecision: StockDecision | null;
  needsAttention: boolean;
  /** How its payment stood when it was last awaited, held or taken, kept when it no longer is. */
  payment: OrderPayment | null;
  /** The last thing that it needed attention for, kept when it no longer does: what is older comes late. */
  attention: Attention | null;
};

/** An order at its start. */
export const PENDING: OrderState = {
  status: 'PENDING',
  cancelReason: null,
  cancelNote: null,
  review: null,
  payment: null,
  paymentId: null,
  deliveryId: null,
  trackingNumber: null,
  stockDecision: null,
  needsAttention: false,
  attention: null,
};

/**
 * The state after a step, whether its patch comes for the first time, again, late, or from the run after a reset.
 * `moved` is the status that was reached by it; undefined when it was there, or further, already.
 */
export function advance(state: OrderState, patch: OrderPatch): { state: OrderState; moved: OrderStatus | undefined } {
  const { status, stockDecision, attention, cancelReason, cancelNote, review, ...facts } = patch;
  const moved = status !== undefined && mayMove(state.status, status) ? status : undefined;
  // A reason that comes with a status is as late as the status: only the first reason stands then.
  const reason = moved !== undefined || state.cancelReason === null ? { cancelReason, cancelNote } : {};
  const now = moved ?? state.status;
  return {
    moved,
    state: {
      ...state,
      ...known({ ...facts, ...reason }),
      status: now,
      review: reviewAfter(state.review, review, now),
      stockDecision: state.stockDecision ?? stockDecision ?? null,
      ...attentionAfter(state, attention),
    },
  };
}

/** Decided once; and what is undone, or paid, waits for nobody. */
function reviewAfter(known: Review | null, asked: Review | undefined, status: OrderStatus): Review | null {
  if (known !== null && known !== 'WAITING') return known;
  const review = asked ?? known;
  return review === 'WAITING' && status !== 'INVENTORY_RESERVED' ? null : review;
}

function attentionAfter(
  { needsAttention, attention }: OrderState,
  asked: OrderPatch['attention'],
): Pick<OrderState, 'needsAttention' | 'attention'> {
  if (asked === undefined) return { needsAttention, attention };
  if (asked === null) return { needsAttention: false, attention };
  const age = attention === null ? 1 : Date.parse(asked.since) - Date.parse(attention.since);
  const comesLate = age < 0 || (age === 0 && !needsAttention);
  return comesLate ? { needsAttention, attention } : { needsAttention: true, attention: asked };
}

/** What callers see of it. `updatedAt`: when its row was written, RFC 3339. */
export function shownState(state: OrderState, updatedAt: string): ShownState {
  const { stockDecision: _decision, needsAttention, attention, payment, ...facts } = state;
  const shown = needsAttention && attention !== null ? attention : null;
  return {
    ...(known({ ...facts, payment: isShown(payment, state.status) ? payment : null }) as OrderFacts &
      Pick<ShownState, 'status'>),
    needsAttention,
    ...(shown && { attention: { step: shown.step, since: shown.since, error: shown.error } }),
    updatedAt,
  };
}

/** What is awaited while that is so; what is held until it is let go. */
function isShown(payment: OrderPayment | null, status: OrderStatus): boolean {
  const isOfHold = payment?.status === 'HELD' || payment?.status === 'CAPTURED';
  return isOfHold ? status !== 'CANCELLED' : status === 'INVENTORY_RESERVED';
}

/** As far as it can be told from what was shown. */
export function stateOfShown({ updatedAt: _time, attention, ...shown }: ShownState): OrderState {
  return { ...PENDING, ...known(shown), attention: attention ?? null };
}

type Known<T> = { [Name in keyof T]?: NonNullable<T[Name]> };

function known<T extends object>(facts: T): Known<T> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => (value ?? null) !== null)) as Known<T>;
}
