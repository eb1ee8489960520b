import type { EndedSessions } from '../../contracts/http/sessions.js';
import type { PrismaClient } from './prisma/generated/client.js';

export interface EndedSessionStore {
  has(id: string): Promise<boolean>;
  /** Those that ended since then, and a little before; without a time, all that a token may still name. */
  since(at: Date | undefined): Promise<EndedSessions>;
}

/** Longer than a token lives, with clocks that differ a little. */
const KEPT_MS = 20 * 60_000;

/** Longer than a transaction lasts: what ended before the last answer may have been committed after it. */
const OVERLAP_MS = 15_000;

export function createEndedSessionStore(prisma: PrismaClient): EndedSessionStore {
  return {
    has: async (id) => (await prisma.endedSession.findUnique({ where: { id } })) !== null,
    since: async (at) => {
      // By the clock that wrote them.
      const [clock] = await prisma.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp() AS now`;
      const from = new Date((at ?? new Date(clock.now.getTime() - KEPT_MS)).getTime() - OVERLAP_MS);
      const rows = await prisma.endedSession.findMany({ where: { endedAt: { gte: from } }, select: { id: true } });
      return { at: clock.now.toISOString(), ids: rows.map(({ id }) => id) };
    },
  };
}
