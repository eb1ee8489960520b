import type { OrderLine } from './domain/order-lines.js';
import { RESERVATION_STATUSES } from './domain/reservation.js';
import type { ReservationStatus, ReservedLine } from './domain/reservation.js';
import type { Prisma, PrismaClient } from './prisma/generated/client.js';

/** The database itself, or a transaction that several steps share. */
export type Database = PrismaClient | Prisma.TransactionClient;

export type ReservationRow = Omit<ReservedLine, 'status'> & { status: string };

/** What is written down of an order, by product; empty when no step came by yet. */
export async function findReservation(database: Database, orderId: string): Promise<ReservedLine[]> {
  const rows = await database.reservation.findMany({
    where: { orderId },
    orderBy: { productId: 'asc' },
    select: { productId: true, quantity: true, status: true, available: true },
  });
  return rows.map(toReservedLine);
}

export function toReservedLine(row: ReservationRow): ReservedLine {
  return { ...row, status: toStatus(row.status) };
}

/**
 * The mark of a release that came before its reservation, which then finds it and refuses. False, with nothing
 * written, when something is written down already.
 */
export async function markReleased(database: Database, orderId: string, lines: readonly OrderLine[]): Promise<boolean> {
  const { count } = await database.reservation.createMany({
    data: lines.map(({ productId, quantity }) => ({ orderId, productId, quantity, status: 'RELEASED' })),
    skipDuplicates: true,
  });
  return count > 0;
}

function toStatus(text: string): ReservationStatus {
  const status = RESERVATION_STATUSES.find((known) => known === text);
  if (status === undefined) throw new Error(`unknown reservation status ${text}`);
  return status;
}
