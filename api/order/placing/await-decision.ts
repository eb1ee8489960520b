import { setTimeout as pause } from 'node:timers/promises';

import type { StoredOrder } from '../../../services/order/stored-order.js';
import type { OrderContext } from '../context.js';
import { decisionOf, type Answer } from './answer.js';

const firstPauseMs = 50;
const longestPauseMs = 500;

/**
 * Starts the order's workflow and waits until it has decided about stock; undefined when the deadline passes. Asks again
 * while there is no answer: without a worker Temporal gives up after three seconds, and it may be unreachable for a
 * while. The row is looked at too, because it knows more than a workflow that was terminated or deleted.
 */
export async function awaitDecision(
  { store, sagas }: Pick<OrderContext, 'store' | 'sagas'>,
  placed: StoredOrder,
  deadline: number,
): Promise<Answer | undefined> {
  let stored = placed;
  for (let tries = 0; Date.now() < deadline; tries++) {
    const order = await sagas.whenStockIsDecided(stored, deadline);
    if (order !== undefined && order.cancelReason !== 'INSUFFICIENT_STOCK') return { kind: 'created', order };
    // What was missing stands in the row alone.
    const now = await store.find(stored.order.id);
    const decision = now && decisionOf(now);
    if (decision !== undefined) return decision;
    stored = now ?? stored;
    const left = Math.max(deadline - Date.now(), 0);
    await pause(Math.min(firstPauseMs * 2 ** tries, longestPauseMs, left));
  }
  return undefined;
}
