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

interface ClaimedShipments {
  due: DueShipment[];
  nextDueAt: Date | undefined;
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
     * with one leaves it to be found again. Any number of processes may ask at once. `nextDueAt`: when the first report after
     * `now` is due; undefined while there is none.
     */
    claimDue: async (now: Date, claimedUntil: Date, limit: number): Promise<ClaimedShipments> => {
      // One statement, because an idle clock asks for nothing else.
      const rows = await prisma.$queryRaw<{ reference: string | null; plan: unknown; nextDueAt: Date | null }[]>`
        WITH due AS (
          UPDATE simulated_shipments SET next_at = ${claimedUntil}
          WHERE reference IN (
            SELECT reference FROM simulated_shipments
            WHERE next_at <= ${now} AND NOT called_off
            ORDER BY next_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
          )
          RETURNING reference, plan
        )
        SELECT reference, plan, NULL AS "nextDueAt" FROM due
        UNION ALL
        SELECT NULL, NULL, min(next_at) FROM simulated_shipments WHERE next_at > ${now} AND NOT called_off`;
      return {
        due: rows.flatMap(({ reference, plan }) =>
          reference === null ? [] : [{ reference, plan: planSchema.parse(plan), claimedUntil }],
        ),
        nextDueAt: rows.at(-1)?.nextDueAt ?? undefined,
      };
    },

    /** Ends a claim. Nothing happens when it has run out and is another's, or when the shipment was called off. */
    settle: async ({ reference, claimedUntil }: DueShipment, plan: PlannedReport[], nextAt: Date | null) => {
      await shipments.updateMany({
        where: { reference, nextAt: claimedUntil, calledOff: false },
        data: { plan: plan.map((report) => ({ ...report })), nextAt },
      });
    },
  };
}

function toRow({ plan, ...shipment }: Shipment, nextAt: Date | null) {
  return { ...shipment, plan: plan.map((report) => ({ ...report })), nextAt };
}

function toShipment({ reference, trackingNumber, plan, calledOff }: SimulatedShipment): Shipment {
  return { reference, trackingNumber, plan: planSchema.parse(plan), calledOff };
}
