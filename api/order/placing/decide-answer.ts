import type { StoredOrder } from '../../../services/order/stored-order.js';
import { crashPoint } from '../../../platform/crash-points/crash-point.js';
import type { OrderContext } from '../context.js';
import { decisionOf, type Answer } from './answer.js';
import { awaitDecision } from './await-decision.js';

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
