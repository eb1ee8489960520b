import { SEEN_BEFORE, type OrderRecord } from '../../../contracts/activities/reconciliation.js';
import type { Finding } from '../../../contracts/reconciliation.js';
import type { OrderStatus } from '../../../contracts/order-status.js';
import { isCompensation, partOf, type Part } from '../../../contracts/saga-steps.js';

/** A step that a delivery or a payment brings about, and that fails, asks for an operator before; in milliseconds. */
export const HEARD_WITHIN_MS = 10 * 60_000;

/** A finding about one order; without a repair it is left out rather than undefined. */
export function finding(
  kind: Finding['kind'],
  orderId: string,
  detail: string,
  { repair, ...more }: Pick<Finding, 'units' | 'money'> & { repair?: Finding['repair'] | undefined } = {},
): Finding {
  return { kind, orderId, detail, ...more, ...(repair === undefined ? {} : { repair }) };
}

/** A finding as an operator acknowledges it: one that stands otherwise is another, and told again; what Temporal forgets is not. */
export function acknowledgedAs({ kind, detail }: Finding): string {
  return `${kind}: ${detail.replace(SEEN_BEFORE, '')}`;
}

/**
 * What others' records must say at each status, once nothing moves. `held`: reserved, or sold already; `undone`: held
 * by nobody; `open`: a step or its undo may be under way, so anything.
 */
export interface Stage {
  stock: 'open' | 'held' | 'sold' | 'undone';
  payment: 'open' | 'charged' | 'undone';
  delivery: 'open' | 'delivered' | 'undone';
}

const STAGES: Record<OrderStatus, Stage> = {
  PENDING: { stock: 'open', payment: 'open', delivery: 'open' },
  INVENTORY_RESERVED: { stock: 'held', payment: 'open', delivery: 'open' },
  PAYMENT_COMPLETED: { stock: 'held', payment: 'charged', delivery: 'open' },
  DELIVERY_STARTED: { stock: 'held', payment: 'charged', delivery: 'open' },
  CANCELLING: { stock: 'open', payment: 'open', delivery: 'open' },
  COMPLETED: { stock: 'sold', payment: 'charged', delivery: 'delivered' },
  CANCELLED: { stock: 'undone', payment: 'undone', delivery: 'undone' },
};

/** What an operator settled elsewhere, that service's books can't tell: anything may stand there. */
export function stageOf({ status, settled }: Pick<OrderRecord, 'status' | 'settled'>): Stage {
  const stage = STAGES[status];
  const wasSettled = (part: Part) =>
    settled.some(({ step }) => partOf(step) === part && isCompensation(step) === (stage[part] === 'undone'));
  return {
    stock: wasSettled('stock') ? 'open' : stage.stock,
    payment: wasSettled('payment') ? 'open' : stage.payment,
    delivery: wasSettled('delivery') ? 'open' : stage.delivery,
  };
}
