import { WorkflowNotFoundError, type WorkflowClient } from '@temporalio/client';
import type { Registry } from 'prom-client';
import { workflowIdOf } from '../contracts/order-saga.js';
import { crashPoint } from '../platform/crash-points/crash-point.js';
import { withOrderId } from '../platform/log-context.js';
import type { Logger } from '../platform/logger.js';
import { idlePauses, startLoop, type RunningLoop } from '../platform/loop.js';
import { readAtScrape } from '../platform/metrics.js';
import type { EventInbox, WaitingEvent } from '../services/payment/event-inbox.js';
import { paymentChanged } from '../workflows/order/messages.js';

export interface PaymentNewsSettings {
  inbox: EventInbox;
  workflows: WorkflowClient;
  registry: Registry;
  logger: Logger;
  /** Between two looks; up to four times as long while there is nothing. */
  everyMs?: number;
  /** How long after it came an event of an order that nobody knows is given up: it may be ahead of its order. */
  unknownAfterMs?: number;
}

/** Each holds a connection of the database for a moment. */
const AT_ONCE = 5;
/** Below the pause after which an event is taken up again. */
const SIGNAL_LIMIT_MS = 5_000;

/**
 * Tells the Saga of each order that its payment has news, and not which: that the Saga asks the provider. Dying between telling and
 * marking tells it again, which changes nothing but when it asks. What can not be told now is taken up again in growing pauses. Any
 * number of processes may run it.
 */
export function startPaymentNews(settings: PaymentNewsSettings): RunningLoop {
  const { inbox, workflows, registry, logger, everyMs = 500, unknownAfterMs = 15 * 60_000 } = settings;
  readAtScrape({
    registry,
    gauges: ['payment_events_waiting', 'payment_events_waiting_seconds', 'payment_events_unknown'],
    read: async () => {
      const { waiting, oldestS, unknown } = await inbox.count();
      return {
        payment_events_waiting: [{ value: waiting }],
        payment_events_waiting_seconds: [{ value: oldestS }],
        payment_events_unknown: [{ value: unknown }],
      };
    },
  });

  /** false: no workflow of that order runs. */
  const tellSaga = async ({ chargeKey }: WaitingEvent): Promise<boolean> => {
    try {
      const saga = workflows.getHandle(workflowIdOf(chargeKey));
      await workflows.withDeadline(Date.now() + SIGNAL_LIMIT_MS, () => saga.signal(paymentChanged));
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };

  const tell = async (event: WaitingEvent): Promise<void> => {
    const { provider, eventId, receivedAt } = event;
    if (await tellSaga(event)) {
      crashPoint('payment news: Saga told');
      await inbox.settle(event, 'TOLD');
      logger.info({ orderId: event.chargeKey, provider, eventId }, 'the Saga is told that its payment has news');
    } else if (await inbox.hasCharge(event)) {
      // Its Saga is over, and has settled the payment on its way.
      await inbox.settle(event, 'TOLD');
    } else if (Date.now() - receivedAt.getTime() > unknownAfterMs) {
      await inbox.settle(event, 'UNKNOWN');
      logger.warn({ orderId: event.chargeKey, provider, eventId }, "a provider's event is about no order of ours");
    }
  };

  const pauseAfter = idlePauses(everyMs);
  return startLoop({ name: 'payment news', logger }, async (loop) => {
    const events = await inbox.take(AT_ONCE);
    const results = await Promise.allSettled(events.map((event) => withOrderId(event.chargeKey, () => tell(event))));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    loop.works();
    const pauseMs = pauseAfter(events.length);
    if (events.length < AT_ONCE) await loop.pause(pauseMs);
  });
}
