import { randomUUID } from 'node:crypto';
import type { DeliveryUpdate } from '../../contracts/activities/delivery-activities.js';
import { CARRIER_EVENTS } from '../../contracts/http/deliveries.js';
import type { Booked } from './carrier.js';
import { counts, statesBefore } from './domain/delivery.js';
import type { Delivery, DeliveryState } from './domain/delivery.js';
import type { Delivery as DeliveryRow, Prisma, PrismaClient } from './prisma/generated/client.js';

/** Whose delivery it is. */
export interface DeliveryOwner {
  orderId: string;
  userId: number;
}

export interface Traced {
  /** W3C trace context of the order. */
  traceparent?: string | undefined;
}

/** The delivery as it stands after the call, and whether it was this call that brought it there. */
export interface Recorded {
  delivery: Delivery;
  changed: boolean;
}

export type DeliveryStore = ReturnType<typeof createDeliveryStore>;

/**
 * One row per order. Each write is conditional on the state it comes from, so that of two at once one moves the row
 * and the other sees where it stands.
 */
export function createDeliveryStore(prisma: PrismaClient) {
  const insert = async (
    { orderId, userId, traceparent }: DeliveryOwner & Traced,
    status: DeliveryState,
  ): Promise<Delivery | undefined> => {
    const [created] = await prisma.delivery.createManyAndReturn({
      data: [{ id: randomUUID(), orderId, userId, status, traceparent: traceparent ?? null }],
      skipDuplicates: true,
    });
    return created && toDelivery(created);
  };

  const read = async (orderId: string): Promise<Delivery> =>
    toDelivery(await prisma.delivery.findUniqueOrThrow({ where: { orderId } }));

  const move = async (
    orderId: string,
    change: { status: DeliveryState } & Prisma.DeliveryUpdateManyMutationInput,
  ): Promise<Recorded> => {
    const [moved] = await prisma.delivery.updateManyAndReturn({
      where: { orderId, status: { in: statesBefore(change.status) } },
      data: { ...change, updatedAt: new Date() },
    });
    return moved ? { delivery: toDelivery(moved), changed: true } : { delivery: await read(orderId), changed: false };
  };

  return {
    /** The order's delivery; PENDING when this call was the first to ask for it. */
    open: async (owner: DeliveryOwner & Traced): Promise<Delivery> =>
      (await insert(owner, 'PENDING')) ?? read(owner.orderId),

    /** The order's delivery; VOIDED, so that it never starts, when nobody had asked for it yet. */
    openVoided: async (owner: DeliveryOwner): Promise<Delivery> =>
      (await insert(owner, 'VOIDED')) ?? read(owner.orderId),

    recordStart: (orderId: string, { carrier, trackingNumber }: Booked): Promise<Recorded> =>
      move(orderId, { status: 'STARTED', carrier, trackingNumber }),

    recordRefusal: (orderId: string, code: string): Promise<Recorded> =>
      move(orderId, { status: 'REFUSED', refusalCode: code }),

    /** The carrier won't bring it. One that had been started is CANCELLED, one that had not is VOIDED. */
    recordCallOff: async (orderId: string): Promise<Recorded> => {
      const voided = await move(orderId, { status: 'VOIDED' });
      return voided.changed ? voided : move(orderId, { status: 'CANCELLED' });
    },

    /** What the carrier has said and counts, in the order in which it happens. */
    reportsOf: async (orderId: string): Promise<DeliveryUpdate[]> => {
      const row = await prisma.delivery.findUnique({ where: { orderId }, include: { events: true } });
      return CARRIER_EVENTS.flatMap((status) => {
        const event = row?.events.find((one) => one.status === status);
        return event && counts(status, row?.status as DeliveryState) ? [{ status, at: event.at.toISOString() }] : [];
      });
    },
  };
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    orderId: row.orderId,
    userId: row.userId,
    // The column's CHECK holds it to these.
    state: row.status as DeliveryState,
    carrier: row.carrier ?? undefined,
    trackingNumber: row.trackingNumber ?? undefined,
    refusalCode: row.refusalCode ?? undefined,
  };
}
