import type { OrderPatch } from '../../contracts/activities/order-activities.js';
import type { Order } from '../../contracts/http/orders.js';
import type { PlacedOrder } from '../../contracts/order-saga.js';
import { mayMove } from '../../contracts/order-status.js';

/** An order at its start, as everybody is shown it. */
export function pendingOrder(placed: PlacedOrder): Order {
  return { ...placed, status: 'PENDING', needsAttention: false, updatedAt: placed.createdAt };
}

/** The order after a step, by the same rule as its row: a status that can't follow is ignored. */
export function withProgress(order: Order, patch: OrderPatch, updatedAt: string): Order {
  const { status, attention, stockDecision: _notShown, ...facts } = patch;
  const next: Order = { ...order, ...known(facts), updatedAt };
  if (status !== undefined && mayMove(order.status, status)) next.status = status;
  if (attention === undefined) return next;

  delete next.attention;
  next.needsAttention = attention !== null;
  if (attention !== null) next.attention = { step: attention.step, since: attention.since, error: attention.error };
  return next;
}

function known<T extends object>(facts: T): Partial<T> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Partial<T>;
}
