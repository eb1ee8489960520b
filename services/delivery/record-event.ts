import type { CarrierEvent } from '../../contracts/http/deliveries.js';
import { STATE_AFTER, isOvertaken, statesBefore } from './domain/delivery.js';
import type { DeliveryState } from './domain/delivery.js';
import type { PrismaClient } from './prisma/generated/client.js';

/**
 * `recorded`: stands in the books, now or from before (`first` tells); `newest` says that nothing came after it.
 * `not-started`: the booking isn't written down yet, the carrier shall say it again. `finished`: nothing can follow.
 */
export type EventOutcome =
  | { outcome: 'recorded'; orderId: string; traceparent: string | null; first: boolean; newest: boolean }
  | { outcome: 'not-started' }
  | { outcome: 'finished' }
  | { outcome: 'unknown' };

/** Writes a carrier's report down, with the state that it brings, in one transaction. `at`: the carrier's own time. */
export type RecordEvent = (deliveryId: string, event: { status: CarrierEvent; at: Date }) => Promise<EventOutcome>;

export function createEventRecorder(prisma: PrismaClient): RecordEvent {
  return (deliveryId, event) => {
    const next = STATE_AFTER[event.status];
    return prisma.$transaction(async (tables): Promise<EventOutcome> => {
      const [moved] = await tables.delivery.updateManyAndReturn({
        where: { id: deliveryId, status: { in: statesBefore(next) } },
        data: { status: next, updatedAt: new Date() },
      });
      if (moved) {
        await tables.deliveryEvent.create({ data: { deliveryId, ...event } });
        const { orderId, traceparent } = moved;
        return { outcome: 'recorded', orderId, traceparent, first: true, newest: true };
      }
      const delivery = await tables.delivery.findUnique({ where: { id: deliveryId }, include: { events: true } });
      const state = delivery?.status as DeliveryState | undefined;
      if (delivery === null || state === undefined || state === 'REFUSED' || state === 'VOIDED')
        return { outcome: 'unknown' };
      // Or it was written down since: what could still move it has to be said again, not refused.
      if (state === 'PENDING' || statesBefore(next).includes(state)) return { outcome: 'not-started' };
      const { orderId, traceparent, events } = delivery;
      if (events.some(({ status }) => status === event.status))
        return { outcome: 'recorded', orderId, traceparent, first: false, newest: state === next };
      if (!isOvertaken(next, state)) return { outcome: 'finished' };
      // Said twice at the same time, one of them finds the row there.
      const { count } = await tables.deliveryEvent.createMany({
        data: { deliveryId, ...event },
        skipDuplicates: true,
      });
      return { outcome: 'recorded', orderId, traceparent, first: count === 1, newest: false };
    });
  };
}
