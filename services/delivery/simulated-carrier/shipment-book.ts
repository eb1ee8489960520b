import { z } from 'zod';
import { CARRIER_EVENTS } from '../../../contracts/http/deliveries.js';
import type { PrismaClient, SimulatedShipment } from '../prisma/generated/client.js';
import type { PlannedReport } from './plan.js';

export interface Shipment {
  reference: string;
  trackingNumber: string;
  plan: PlannedReport[];
  calledOff: boolean;
}

/** A shipment whose next report is due, kept for us until `claimedUntil`. */
export interface DueShipment {
  reference: string;
  plan: PlannedReport[];
  claimedUntil: Date;
}

export type ShipmentBook = ReturnType<typeof createShipmentBook>;

const planSchema = z.array(
  z.object({ status: z.enum(CARRIER_EVENTS), at: z.string(), taken: z.boolean(), failures: z.int() }),
);

/** The simulated carrier's own book. */
export function createShipmentBook(prisma: PrismaClient) {
  const shipments = prisma.simulatedShipment;
  return {
    find: async (reference: string): Promise<Shipment | undefined> => {
      const row = await shipments.findUnique({ where: { reference } });
      return row === null ? undefined : toShipment(row);
    },

    /** false: the reference is in the book already. */
    enter: async (shipment: Shipment, nextAt: Date | null): Promise<boolean> => {
      const { count } = await shipments.createMany({ data: [toRow(shipment, nextAt)], skipDuplicates: true });
      return count === 1;
    },

    markCalledOff: async (reference: string): Promise<void> => {
      await shipments.updateMany({ where: { reference }, data: { calledOff: true, nextAt: null } });
    },

    /**
     * Takes up to `limit` shipments whose next report is due, and puts each off until the claim ends: whoever dies
     * with one leaves it to be found again. Any number of processes may ask at once.
     */
    claimDue: async (now: Date, claimedUntil: Date, limit: number): Promise<DueShipment[]> => {
      const rows = await prisma.$queryRaw<{ reference: string; plan: unknown }[]>`
        UPDATE simulated_shipments SET next_at = ${claimedUntil}
        WHERE reference IN (
          SELECT reference FROM simulated_shipments
          WHERE next_at <= ${now} AND NOT called_off
          ORDER BY next_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
        )
        RETURNING reference, plan`;
      return rows.map(({ reference, plan }) => ({ reference, plan: planSchema.parse(plan), claimedUntil }));
    },

    /** Ends a claim. Nothing happens when it has run out and is another's, or when the shipment was called off. */
    settle: async ({ reference, claimedUntil }: DueShipment, plan: PlannedReport[], nextAt: Date | null) => {
      await shipments.updateMany({
        where: { reference, nextAt: claimedUntil, calledOff: false },
        data: { plan: plan.map((report) => ({ ...report })), nextAt },
      });
    },

    /** When the next report is due; undefined while there is none. */
    nextDueAt: async (): Promise<Date | undefined> => {
      const { _min } = await shipments.aggregate({ _min: { nextAt: true }, where: { calledOff: false } });
      return _min.nextAt ?? undefined;
    },
  };
}

function toRow({ plan, ...shipment }: Shipment, nextAt: Date | null) {
  return { ...shipment, plan: plan.map((report) => ({ ...report })), nextAt };
}

function toShipment({ reference, trackingNumber, plan, calledOff }: SimulatedShipment): Shipment {
  return { reference, trackingNumber, plan: planSchema.parse(plan), calledOff };
}
