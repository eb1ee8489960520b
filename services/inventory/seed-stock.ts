import type { PrismaClient } from './prisma/generated/client.js';

/** What can be ordered of each demo product at first, by product id. */
const QUANTITIES: Record<number, number> = {
  1: 50,
  2: 80,
  3: 120,
  4: 200,
  5: 150,
  6: 300,
  7: 60,
  8: 40,
  9: 500,
  10: 250,
  11: 400,
  12: 5,
};

/** Stock of the demo products. A product that was stocked before is left as it is. */
export async function seedStock(prisma: PrismaClient): Promise<void> {
  await prisma.stockLevel.createMany({
    data: Object.entries(QUANTITIES).map(([productId, quantity]) => ({ productId: Number(productId), quantity })),
    skipDuplicates: true,
  });
}
