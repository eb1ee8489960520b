import type { ProviderEvent } from './payment-provider.js';
import type { PrismaClient } from './prisma/generated/client.js';

/** One that waits, and is ours until it is taken up again. */
export interface WaitingEvent {
  provider: string;
  eventId: string;
  /** The order's id. */
  chargeKey: string;
  receivedAt: Date;
}

interface ReceivedEvent extends ProviderEvent {
  provider: string;
}

export type EventInbox = ReturnType<typeof createEventInbox>;

/** The first pause before an event is taken up again, and the longest; they double. Longer than telling one may take. */
const FIRST_PAUSE_S = 10;
const LONGEST_PAUSE_S = 60;

const DAY_MS = 86_400_000;

/** What payment providers have sent, each event once, and whether the order's Saga has heard that there is news. */
export function createEventInbox(prisma: PrismaClient) {
  const events = prisma.providerEvent;
  return {
    /** false: it is there already. One that names no charge is nobody's news. */
    receive: async ({ provider, eventId, type, chargeKey, payload }: ReceivedEvent): Promise<boolean> => {
      const state = chargeKey === undefined ? 'UNKNOWN' : 'WAITING';
      const row = { provider, eventId, type, chargeKey: chargeKey ?? null, payload, state };
      const { count } = await events.createMany({ data: [row], skipDuplicates: true });
      return count === 1;
    },

    /**
     * Takes up to `limit` events that are due, and puts each off, for longer each time: who fails or dies with one leaves it to be
     * found again. Any number of processes may ask at once.
     */
    take: (limit: number): Promise<WaitingEvent[]> =>
      prisma.$queryRaw<WaitingEvent[]>`
        UPDATE provider_events SET
          attempts = attempts + 1,
          next_at = now() + make_interval(secs => least(${FIRST_PAUSE_S} * 2 ^ least(attempts, 10), ${LONGEST_PAUSE_S}))
        WHERE (provider, event_id) IN (
          SELECT provider, event_id FROM provider_events
          WHERE state = 'WAITING' AND next_at <= now()
          ORDER BY next_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
        )
        RETURNING provider, event_id AS "eventId", charge_key AS "chargeKey", received_at AS "receivedAt"`,

    /** Ends the wait. TOLD: the Saga was told, or is over. UNKNOWN: it is about no order of ours. */
    settle: async ({ provider, eventId }: WaitingEvent, state: 'TOLD' | 'UNKNOWN'): Promise<void> => {
      await events.updateMany({ where: { provider, eventId, state: 'WAITING' }, data: { state } });
    },

    /** Whether an order of ours was ever to be charged under this key. */
    hasCharge: async ({ chargeKey }: WaitingEvent): Promise<boolean> =>
      (await prisma.payment.count({ where: { orderId: chargeKey } })) > 0,

    /** What waits, how long the oldest of it has, in seconds, and what of the last day is about no order of ours. */
    count: async (): Promise<{ waiting: number; oldestS: number; unknown: number }> => {
      const since = new Date(Date.now() - DAY_MS);
      const [row] = await prisma.$queryRaw<{ waiting: number; oldestS: number; unknown: number }[]>`
        SELECT waiting.*, unknown.* FROM
          (SELECT count(*)::int AS waiting,
            coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 AS "oldestS"
            FROM provider_events WHERE state = 'WAITING') AS waiting,
          (SELECT count(*)::int AS unknown FROM provider_events
            WHERE state = 'UNKNOWN' AND received_at > ${since}) AS unknown`;
      if (row === undefined) throw new Error('counting gives one row');
      return row;
    },
  };
}
