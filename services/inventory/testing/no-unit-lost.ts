import { expect } from 'vitest';
import type { PrismaClient } from '../prisma/generated/client.js';

/** Each unit of a product is there to be ordered, held, or sold, and each that came back with a refund has a restock. */
export async function expectNoUnitLost(prisma: PrismaClient, productId: number, atFirst: number): Promise<void> {
  const level = await prisma.stockLevel.findUniqueOrThrow({ where: { productId } });
  const rows = await prisma.reservation.findMany({ where: { productId } });
  const unitsIn = (status: string) =>
    rows.filter((row) => row.status === status).reduce((sum, row) => sum + row.quantity - row.restocked, 0);
  const back = await prisma.restock.aggregate({ where: { productId, status: 'DONE' }, _sum: { quantity: true } });
  expect(rows.reduce((sum, row) => sum + row.restocked, 0)).toBe(back._sum.quantity ?? 0);
  expect(level.reserved).toBe(unitsIn('HELD'));
  expect(level.quantity).toBeGreaterThanOrEqual(0);
  expect(level.quantity + level.reserved + unitsIn('COMMITTED')).toBe(atFirst);
}
