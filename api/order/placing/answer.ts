import type { Order } from '../../../contracts/http/orders.js';
import type { InsufficientStock } from '../../../contracts/refusals.js';
import type { StoredOrder } from '../../../services/order/order-row.js';
import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import type { OrderContext } from '../service.js';
import { setTimeout as pause } from 'node:timers/promises';
import { reply } from '../../http/handle.js';
import type { Principal } from '../../http/access.js';
import { ProblemError } from '../../http/problem.js';
import { asSeenBy } from '../order-for-caller.js';

type Answer =
  | { kind: 'created'; order: Order }
  | { kind: 'accepted'; order: Order }
  | { kind: 'short'; order: Order; shortage: InsufficientStock };

/** The answer that the row's stock decision asks for; undefined while there is none. */
function decisionOf({ order, stockDecision }: StoredOrder): Answer | undefined {
  if (stockDecision === null) return undefined;
  if (stockDecision.outcome !== 'insufficient') return { kind: 'created', order };
  const { productId, requested, available } = stockDecision;
  return { kind: 'short', order, shortage: { productId, requested, available } };
}

interface Asked {
  stored: StoredOrder;
  /** By this request. */
  placed: boolean;
  respondAsync: boolean;
  /** In milliseconds since the epoch. */
  deadline: number;
}

/** How long a caller who doesn't want to wait is kept for the start. */
const startLimitMs = 2_000;

/** The first answer, or for a repeat the kind that the first had, with the order as it is now. */
export async function decideAnswer(context: OrderContext, asked: Asked): Promise<Answer> {
  const { stored, placed, respondAsync, deadline } = asked;
  const { store, sagas } = context;
  if (stored.answeredAsync) {
    if (placed) await sagas.start(stored, Math.min(Date.now() + startLimitMs, deadline));
    return { kind: 'accepted', order: stored.order };
  }
  const decidedBefore = decisionOf(stored);
  if (decidedBefore !== undefined) return decidedBefore;
  const decided = respondAsync ? undefined : await awaitDecision(context, stored, deadline);
  if (decided !== undefined && placed) return decided;

  // From here on a repeat is answered with 202 too; unless the decision came at the last moment.
  if (decided === undefined && (await giveUp(store, stored.order.id))) return { kind: 'accepted', order: stored.order };
  // While this one waited, another may have given up and been answered with 202. Not after the decision any more.
  const now = (await store.find(stored.order.id)) ?? stored;
  return (now.answeredAsync ? undefined : decisionOf(now)) ?? { kind: 'accepted', order: now.order };
}

/** Whether it was written: not after the decision. */
async function giveUp(store: OrderContext['store'], orderId: string): Promise<boolean> {
  crashPoint('place: before giving up');
  const written = await store.answerAsync(orderId);
  crashPoint('place: given up');
  return written;
}

const firstPauseMs = 50;
const longestPauseMs = 500;

/**
 * Starts the order's workflow and waits until it has decided about stock; undefined when the deadline passes. Asks again
 * while there is no answer: without a worker Temporal gives up after three seconds, and it may be unreachable for a
 * while. The row is looked at too, because it knows more than a workflow that was terminated or deleted.
 */
async function awaitDecision(
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

const REPLAYED = { 'Idempotency-Replayed': 'true' } as const;

export function toReply(answer: Answer, { caller, replayed }: { caller: Principal; replayed: boolean }) {
  const order = asSeenBy(caller, answer.order);
  const headers = { ...(replayed && REPLAYED), Location: `/orders/${order.id}` };
  switch (answer.kind) {
    case 'created':
      return reply(201, order, headers);
    case 'accepted':
      return reply(202, order, headers);
    case 'short': {
      const { productId, requested, available } = answer.shortage;
      const detail = `Insufficient stock for product ${productId}: ${requested} requested, ${available} available.`;
      const extensions = { orderId: order.id, productId, requested, available };
      throw new ProblemError({
        status: 409,
        code: 'insufficient-stock',
        detail,
        extensions,
        headers: replayed ? REPLAYED : {},
      });
    }
  }
}
