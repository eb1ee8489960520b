import type { CarrierEvent } from '../../contracts/http/deliveries.js';
import { STATE_AFTER, counts, statesBefore } from './domain/delivery.js';
import type { DeliveryState } from './domain/delivery.js';
import type { PrismaClient } from './prisma/generated/client.js';

/**
 * `recorded`: stands in the books, now or from before (`first` tells); `newest` says that nothing came after it, `told`
 * that the Saga has it. `contradicts`: the delivery had ended otherwise, by a calling off or another report. It is kept
 * all the same: somebody has to look, and a reconciliation names it.
 * `not-started`: the booking isn't written down yet, the carrier shall say it again.
 */
export type EventOutcome =
  | {
      outcome: 'recorded';
      orderId: string;
      traceparent: string | null;
      first: boolean;
      newest: boolean;
      told: boolean;
      contradicts: boolean;
    }
  | { outcome: 'of-another-carrier' }
  | { outcome: 'not-started' }
  | { outcome: 'unknown' };

/** Writes a carrier's report down, with the state that it brings, in one transaction. `at`: the carrier's own time. */
export type RecordEvent = (
  deliveryId: string,
  carrier: string,
  event: { status: CarrierEvent; at: Date },
) => Promise<EventOutcome>;

export function createEventRecorder(prisma: PrismaClient): RecordEvent {
  return (deliveryId, carrier, event) => {
    const next = STATE_AFTER[event.status];
    return prisma.$transaction(async (tables): Promise<EventOutcome> => {
      const [moved] = await tables.delivery.updateManyAndReturn({
        where: { id: deliveryId, carrier, status: { in: statesBefore(next) } },
        data: { status: next, updatedAt: new Date() },
      });
      if (moved) {
        await tables.deliveryEvent.create({ data: { deliveryId, ...event } });
        const { orderId, traceparent } = moved;
        const news = { first: true, newest: true, told: false, contradicts: false };
        return { outcome: 'recorded', orderId, traceparent, ...news };
      }
      const delivery = await tables.delivery.findUnique({ where: { id: deliveryId }, include: { events: true } });
      if (delivery === null) return { outcome: 'unknown' };
      if (delivery.carrier !== null && delivery.carrier !== carrier) return { outcome: 'of-another-carrier' };
      const state = delivery.status as DeliveryState;
      // Or it was written down since: what could still move it has to be said again, not refused.
      if (state === 'PENDING' || statesBefore(next).includes(state)) return { outcome: 'not-started' };
      const { orderId, traceparent, events } = delivery;
      const known = events.find(({ status }) => status === event.status);
      // Said twice at the same time, one of them finds the row there.
      const { count } = known
        ? { count: 0 }
        : await tables.deliveryEvent.createMany({ data: { deliveryId, ...event }, skipDuplicates: true });
      if (count === 1) await tables.delivery.update({ where: { id: deliveryId }, data: { updatedAt: new Date() } });
      return {
        outcome: 'recorded',
        orderId,
        traceparent,
        first: count === 1,
        newest: state === next,
        told: known !== undefined && known.toldAt !== null,
        contradicts: !counts(event.status, state),
      };
    });
  };
}

/** The Saga has the report. */
export type MarkTold = (deliveryId: string, status: CarrierEvent) => Promise<void>;

export function createToldMarker(prisma: PrismaClient): MarkTold {
  return async (deliveryId, status) => {
    await prisma.deliveryEvent.updateMany({ where: { deliveryId, status }, data: { toldAt: new Date() } });
  };
}
