import type { WorkflowClient } from '@temporalio/client';
import type { Registry } from 'prom-client';
import type { SagaTimes } from '../contracts/order-saga.js';
import { isFinal } from '../contracts/order-status.js';
import { STALLS, type Stall } from '../contracts/saga-steps.js';
import { withOrderId } from '../platform/log-context.js';
import type { Logger } from '../platform/logger.js';
import { startLoop, type RunningLoop } from '../platform/loop.js';
import { gauge, readAtScrape } from '../platform/metrics.js';
import type { WatchedOrder, WatchedOrders } from '../services/order/watched-orders.js';
import { whyItStandsStill } from './standing-still.js';

export interface WatcherSettings {
  orders: WatchedOrders;
  workflows: WorkflowClient;
  times: SagaTimes;
  registry: Registry;
  logger: Logger;
  everyMs?: number;
  takenWithinMs?: number;
  /** Those that moved since are left alone. */
  restedMs?: number;
}

/** Ten orders a second: what Temporal's server hardly notices. */
const PAGE = 20;
const AT_ONCE = 5;
const lookLimitMs = 5_000;

/**
 * Looks at each order on its way, in rounds, from outside its workflow: one whose workflow can't go on can't say so
 * itself. Writes that into the order's row, and takes it back when it is over. Any number of watchers may run.
 */
export function startWatcher(settings: WatcherSettings): RunningLoop {
  const {
    orders,
    workflows,
    times,
    registry,
    logger,
    everyMs = 2_000,
    restedMs = 10_000,
    takenWithinMs = 30_000,
  } = settings;
  const stalled = gauge(registry, 'orders_stalled');
  readAtScrape({
    registry,
    gauges: [
      'orders_open',
      'orders_open_oldest_seconds',
      'orders_needing_attention',
      'orders_needing_attention_oldest_seconds',
      'orders_awaiting_review',
      'orders_awaiting_review_oldest_seconds',
    ],
    keptForMs: 10_000,
    read: async () => {
      const [open, needing, inReview] = await Promise.all([
        orders.open(),
        orders.needingAttention(),
        orders.awaitingReview(),
      ]);
      const longest = Math.max(0, ...needing.map(({ oldestS }) => oldestS));
      return {
        orders_open: open.map(({ status, count }) => ({ labels: { status }, value: count })),
        orders_open_oldest_seconds: open.map(({ status, oldestS }) => ({ labels: { status }, value: oldestS })),
        orders_needing_attention: needing.map(({ step, reason, count }) => ({
          labels: { step, reason },
          value: count,
        })),
        orders_needing_attention_oldest_seconds: [{ value: longest }],
        orders_awaiting_review: [{ value: inReview.count }],
        orders_awaiting_review_oldest_seconds: [{ value: inReview.oldestS }],
      };
    },
  });

  const lookAt = async (order: WatchedOrder): Promise<void> => {
    const orderId = order.id;
    const ask = () => whyItStandsStill(workflows, order, { times, takenWithinMs });
    const why = isFinal(order.status) ? undefined : await workflows.withDeadline(Date.now() + lookLimitMs, ask);
    if (why === undefined) {
      if (order.stalledWhy !== null && (await orders.goesOn(order)))
        logger.info({ orderId, why: order.stalledWhy }, 'order goes on');
    } else if (await orders.stalls(order, why)) logger.warn({ orderId, why }, 'order stands still');
  };

  let after: string | undefined;
  return startLoop({ name: 'watcher', logger }, async (loop) => {
    const page = await orders.list({ after, limit: PAGE, movedBefore: new Date(Date.now() - restedMs) });
    after = page.length < PAGE ? undefined : page.at(-1)?.id;
    let failed: PromiseRejectedResult | undefined;
    for (let from = 0; from < page.length; from += AT_ONCE) {
      const some = page.slice(from, from + AT_ONCE);
      const looks = await Promise.allSettled(some.map((order) => withOrderId(order.id, () => lookAt(order))));
      for (const look of looks) if (look.status === 'rejected') failed ??= look;
    }
    const counts = await orders.count();
    for (const why of Object.keys(STALLS) as Stall[]) stalled.set({ why }, counts.get(why) ?? 0);
    if (failed) throw failed.reason;
    loop.works();
    await loop.pause(everyMs);
  });
}
