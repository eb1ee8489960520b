import type { PrismaClient } from './prisma/generated/client.js';

/** What was written before a pass began may be seen only after it: clocks differ, and transactions take their time. */
const OVERLAP_MS = 10 * 60_000;

/** Which passes of the reconciliation came to their end, and what they left. */
export function createReconciliationPasses(prisma: PrismaClient) {
  const { reconciliation, unreconciled } = prisma;
  const lastStart = async (where = {}) =>
    (await reconciliation.aggregate({ where, _max: { startedAt: true } }))._max.startedAt;
  return {
    /** When the last of them began. */
    lastStart: () => lastStart(),

    /** What has changed since `since` is enough; undefined: everything has to be looked at. */
    since: async (allEveryMs: number, wanted?: 'all' | 'changed'): Promise<Date | undefined> => {
      const [last, lastOfAll] = [await lastStart(), await lastStart({ ofAll: true })];
      const allIsDue = lastOfAll === null || Date.now() - lastOfAll.getTime() >= allEveryMs;
      if (last === null || wanted === 'all' || (wanted === undefined && allIsDue)) return undefined;
      return new Date(last.getTime() - OVERLAP_MS);
    },

    listUnreconciledIds: async ({ after = '', limit }: { after?: string; limit: number }): Promise<string[]> => {
      const where = { orderId: { gt: after } };
      const rows = await unreconciled.findMany({ where, orderBy: { orderId: 'asc' }, take: limit });
      return rows.map(({ orderId }) => orderId);
    },

    /** With the time of the mark, not of its pass: another pass that ends meanwhile may have begun in between. */
    markUnreconciled: async (orderIds: readonly string[], startedAt: Date): Promise<void> => {
      await prisma.$executeRaw`
        INSERT INTO unreconciled (order_id, marked_at)
        SELECT order_id, greatest(clock_timestamp(), ${startedAt}::timestamptz)
        FROM unnest(${[...orderIds]}::text[]) AS given (order_id)
        ON CONFLICT (order_id) DO UPDATE SET marked_at = greatest(unreconciled.marked_at, excluded.marked_at)`;
    },

    /** What a pass before this had left, and this one has found clean, is left no more. */
    end: async ({ startedAt, ofAll }: { startedAt: Date; ofAll: boolean }): Promise<void> => {
      await unreconciled.deleteMany({ where: { markedAt: { lt: startedAt } } });
      await reconciliation.createMany({ data: [{ startedAt, ofAll }], skipDuplicates: true });
      // Those before the last that looked at everything say nothing any more.
      if (ofAll) await reconciliation.deleteMany({ where: { startedAt: { lt: startedAt } } });
    },
  };
}
