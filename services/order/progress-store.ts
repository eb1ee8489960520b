import type { OrderProgress } from '../../contracts/activities/order-activities.js';
import { eventIdOf } from '../../contracts/events/order-event.js';
import type { OrderStatus } from '../../contracts/order-status.js';
import { makeOrderEvent } from './domain/order-event.js';
import { advance, type OrderState } from './domain/order-progress.js';
import type { PrismaClient } from './prisma/generated/client.js';
import { readOrder, type ReadOrder } from './progress-read.js';
import { writeProgress } from './progress-write.js';

/** There is no such order: nobody but this service makes them, so trying again is no use. */
export class OrderNotFound extends Error {
  override readonly name = 'OrderNotFound';
}

export interface Trace {
  traceparent?: string | undefined;
  traceId?: string | undefined;
}

export interface Recorded {
  updatedAt: Date;
  /** The status that was reached by this; undefined when it was reached before. */
  moved: OrderStatus | undefined;
  state: OrderState;
}

const mostTries = 20;

/**
 * Writes a step's status, timeline entry and events in one transaction. Right when it comes twice, late, or again from
 * the run after a reset: an entry or event that is there stays, a status never goes back, and events are counted
 * without a hole. Two statements instead of a transaction around a row lock, because it runs at each step: what was
 * read is written only if the row is still as it was read, else all of it is done again. Rejects with OrderNotFound.
 */
export async function recordProgress(prisma: PrismaClient, progress: OrderProgress, trace: Trace): Promise<Recorded> {
  for (let tries = 1; tries <= mostTries; tries++) {
    const row = await readOrder(prisma, progress);
    if (row === undefined) throw new OrderNotFound(`there is no order ${progress.orderId}`);
    const at = new Date();
    const { state, moved } = advance(row.state, progress.patch);
    const events = missingEvents(progress, row, state.status).map(({ topic, reason }, index) =>
      makeOrderEvent(
        { ...row, ...state },
        { topic, reason, sequence: row.eventCount + index + 1, at, traceparent: trace.traceparent ?? row.traceparent },
      ),
    );
    const { entry } = progress;
    const updatedAt = await writeProgress(prisma, { row, state, moved, entry, events, at, traceId: trace.traceId });
    if (updatedAt !== undefined) return { updatedAt, moved, state };
  }
  throw new Error(`order ${progress.orderId} was changed by others ${String(mostTries)} times in a row`);
}

/**
 * Nobody is told of a cancellation that the row doesn't have: it would be of another run, which undid nothing. Nor of anything
 * once events of the order were pruned: it told what it had to long ago.
 */
function missingEvents(
  { orderId, events }: OrderProgress,
  { eventIds, eventsPruned }: ReadOrder,
  status: OrderStatus,
): OrderProgress['events'] {
  if (eventsPruned) return [];
  return events.filter(
    ({ topic }) =>
      !eventIds.includes(eventIdOf(orderId, topic)) && (topic !== 'order-cancelled' || status === 'CANCELLED'),
  );
}
