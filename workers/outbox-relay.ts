import type { Kafka } from 'kafkajs';

import { crashPoint } from '../platform/crash-points/crash-point.js';
import type { Logger } from '../platform/logger.js';
import { createEventPublisher } from '../services/order/outbox/event-publisher.js';
import { inSequence } from '../services/order/outbox/in-sequence.js';
import { openOutboxSession, type OutboxSession } from '../services/order/outbox/outbox-session.js';
import { startLoop, type Loop, type RunningLoop } from '../platform/loop.js';

export interface OutboxRelaySettings {
  databaseUrl: string;
  kafka: Kafka;
  /** Shown in pg_stat_activity. */
  service: string;
  logger: Logger;
  batchSize?: number;
  /** How long a new row that nobody told of can stay unseen, and a leader that died be missed. */
  pollMs?: number;
}

/**
 * Publishes the outbox to Kafka, each order's events in sequence. Of all relays one works; the others wait for it to
 * go. Dying between sending and marking sends again, under the same id. Kafka or the database being down is waited for,
 * in growing pauses, and said once.
 */
export function startOutboxRelay(settings: OutboxRelaySettings): RunningLoop {
  const { databaseUrl, kafka, service, logger, batchSize = 200, pollMs = 1_000 } = settings;

  const publish = async (session: OutboxSession, loop: Loop): Promise<void> => {
    const publisher = createEventPublisher(kafka, logger);
    try {
      while (!loop.stopping.aborted) {
        const rows = await session.unpublished(batchSize);
        for (const round of inSequence(rows)) {
          crashPoint('relay: before sending');
          await publisher.publish(round);
          crashPoint('relay: sent');
          await session.markPublished(round);
          crashPoint('relay: marked');
          loop.works();
        }
        if (rows.length === 0) await Promise.race([session.untilWritten(pollMs), loop.stopRequested]);
      }
    } finally {
      await publisher.close().catch(() => undefined);
    }
  };

  return startLoop({ name: 'outbox relay', logger }, async (loop) => {
    const session = await openOutboxSession(databaseUrl, service);
    try {
      while (!loop.stopping.aborted && !(await session.tryToLead())) await loop.pause(pollMs);
      await publish(session, loop);
    } finally {
      await session.close().catch(() => undefined);
    }
  });
}
