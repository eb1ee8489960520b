import type { StockRequest } from '../../contracts/activities/inventory-activities.js';
import type { StockLevel } from '../../contracts/http/inventory.js';
import { asExpected } from '../../platform/database/versioned.js';
import type { Expected, Versioned } from '../../platform/database/versioned.js';
import { COMMIT, RELEASE } from './domain/moves.js';
import { inProductOrder } from './domain/order-lines.js';
import { statusOf } from './domain/reservation.js';
import { outcomeOf } from './domain/reserve-outcome.js';
import type { ReserveOutcome } from './domain/reserve-outcome.js';
import { moveReservation, findReservation, markReleased, writeReservation } from './reservation.js';
import type { PrismaClient } from './prisma/generated/client.js';

/** `marked`: there was nothing to give back yet, and there won't be. `nothing`: it was given back before, or refused. */
export type ReleaseOutcome = 'released' | 'returned' | 'marked' | 'nothing';

/** Stock and who holds it. Each step is right when it comes twice, late, out of order or at once with another. */
export interface StockStore {
  /** All lines or none. Says the same again when it was decided before; `compensated` after a release. */
  reserve(request: StockRequest): Promise<ReserveOutcome>;
  release(request: StockRequest): Promise<ReleaseOutcome>;
  /** True when it did it now, false when it was done before. Throws, naming the status, when nothing is held. */
  commit(request: StockRequest): Promise<boolean>;
  /** undefined: never stocked. */
  find(productId: number): Promise<Versioned<StockLevel> | undefined>;
  /** Sets what can be ordered; what is reserved stays. `stale`: what is there is not what is expected. */
  setQuantity(productId: number, quantity: number, expected?: undefined): Promise<Versioned<StockLevel>>;
  setQuantity(productId: number, quantity: number, expected: Expected): Promise<Versioned<StockLevel> | 'stale'>;
}

export function createStockStore(prisma: PrismaClient): StockStore {
  function setQuantity(productId: number, quantity: number): Promise<Versioned<StockLevel>>;
  function setQuantity(
    productId: number,
    quantity: number,
    expected: Expected,
  ): Promise<Versioned<StockLevel> | 'stale'>;
  async function setQuantity(productId: number, quantity: number, expected?: Expected) {
    const update = { quantity, updatedAt: new Date() };
    if (expected === undefined)
      return prisma.stockLevel.upsert({
        where: { productId },
        create: { productId, quantity },
        update,
        select: shown,
      });
    const where = { productId, ...asExpected(expected) };
    const [level] = await prisma.stockLevel.updateManyAndReturn({ where, data: update, select: shown });
    return level ?? 'stale';
  }

  return {
    reserve: async ({ orderId, lines }) => {
      const ordered = inProductOrder(lines);
      const written = await writeReservation(prisma, orderId, ordered);
      return outcomeOf(written.length > 0 ? written : await findReservation(prisma, orderId), ordered);
    },

    release: async ({ orderId, lines }) => {
      const ordered = inProductOrder(lines);
      // Whoever came between reading and moving has moved the order on, and it only ever moves a few times.
      for (;;) {
        const rows = await findReservation(prisma, orderId);
        const status = statusOf(rows);
        if (status === undefined) {
          if (await markReleased(prisma, orderId, ordered)) return 'marked';
          continue;
        }
        const move = RELEASE[status];
        if (move === 'none') return 'nothing';
        if (await moveReservation(prisma, orderId, rows, move)) return move.to === 'RETURNED' ? 'returned' : 'released';
      }
    },

    commit: async ({ orderId }) => {
      for (;;) {
        const rows = await findReservation(prisma, orderId);
        const status = statusOf(rows);
        const move = status === undefined ? 'impossible' : COMMIT[status];
        if (move === 'impossible')
          throw new Error(`stock of order ${orderId} is ${status ?? 'not reserved'}, not HELD`);
        if (move === 'none') return false;
        if (await moveReservation(prisma, orderId, rows, move)) return true;
      }
    },

    find: async (productId) =>
      (await prisma.stockLevel.findUnique({ where: { productId }, select: shown })) ?? undefined,

    setQuantity,
  };
}

const shown = { productId: true, quantity: true, reserved: true, version: true } as const;
