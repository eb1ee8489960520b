import { context } from '@opentelemetry/api';
import { WorkflowExecutionAlreadyStartedError, type WorkflowClient } from '@temporalio/client';
import { ORDER_SAGA, type SagaTimes } from '../contracts/order-saga.js';
import { crashPoint } from '../platform/crash-points/crash-point.js';
import { withOrderId } from '../platform/log-context.js';
import type { Logger } from '../platform/logger.js';
import { contextFrom } from '../platform/telemetry/trace-context.js';
import type { OrderStore } from '../services/order/order-store.js';
import { sagaStart } from '../services/order/saga-start.js';
import type { StoredOrder } from '../services/order/order-row.js';
import { initialSearchAttributes } from '../workflows/order/messages.js';
import { startLoop, type RunningLoop } from '../platform/loop.js';

export interface SweeperSettings {
  store: OrderStore;
  workflows: WorkflowClient;
  times: SagaTimes;
  logger: Logger;
  everyMs?: number;
  /** Younger ones are still in the hands of the request that placed them. */
  olderThanMs?: number;
}

/** Each start holds a connection of the database for a moment. */
const batchSize = 20;
const startLimitMs = 5_000;

/**
 * Starts the workflows of orders whose API died between writing the order and starting it, or that could not reach
 * Temporal. A start is idempotent, so any number of sweepers may run, and an order whose workflow runs or has ended
 * gets no second one.
 */
export function startSweeper(settings: SweeperSettings): RunningLoop {
  const { store, workflows, times, logger, everyMs = 2_000, olderThanMs = 3_000 } = settings;

  const startOne = async (stored: StoredOrder): Promise<void> => {
    const orderId = stored.order.id;
    try {
      const start = () =>
        workflows.start(ORDER_SAGA, sagaStart(stored, { times, searchAttributesOf: initialSearchAttributes }));
      crashPoint('sweeper: before starting');
      await workflows.withDeadline(Date.now() + startLimitMs, start);
      crashPoint('sweeper: started');
      logger.info({ orderId }, 'order swept: its workflow is started');
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    await store.markWorkflowStarted(orderId);
    crashPoint('sweeper: marked');
  };

  // Those that can't be started are passed by, also where they fill a batch: they come again when all others were tried.
  let after: StoredOrder | undefined;
  return startLoop({ name: 'sweeper', logger }, async (loop) => {
    const left = await store.withoutWorkflow({ olderThanMs, limit: batchSize, after });
    after = left.length < batchSize ? undefined : left.at(-1);
    const results = await Promise.allSettled(
      left.map((stored) =>
        context.with(contextFrom(stored.traceparent), () => withOrderId(stored.order.id, () => startOne(stored))),
      ),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    loop.works();
    if (left.length < batchSize) await loop.pause(everyMs);
  });
}
