import type { Kafka } from 'kafkajs';
import type { Registry } from 'prom-client';
import { crashPoint } from '../crash-points/crash-point.js';
import type { Logger } from '../logger.js';
import { createEventPublisher, refusalOf, closedByBytes, inSequence, createRefusedEvents } from './event-publisher.js';
import { openOutboxSession, type OutboxRow, type OutboxSession, type OutboxSubject } from './outbox-session.js';
import { startLoop, type Loop, type RunningLoop } from '../loop.js';
import { histogram, readAtScrape } from '../metrics.js';
import { within } from '../within.js';

export interface OutboxRelaySettings {
  databaseUrl: string;
  kafka: Kafka;
  subject: OutboxSubject;
  /** Those that the events go to: what is missing of them is made. */
  topics: readonly string[];
  /** Of topics that are missing; what the brokers say unless given. */
  replication?: number | undefined;
  /** Shown in pg_stat_activity. */
  service: string;
  logger: Logger;
  /** Shows which events wait, and for how long. */
  registry: Registry;
  batchSize?: number;
  /** How long a new row that nobody told of can stay unseen, beside `gatherMs`, and a leader that died be missed. */
  pollMs?: number;
  /** How long after a new row more are waited for: each batch is read, sent and marked for itself. */
  gatherMs?: number;
  /** Kafka's client has sent a batch or given it up long before this, unless it has lost track of it. */
  sendLimitMs?: number;
  /** How long until what Kafka refused is sent and, if need be, told of again. */
  refusedAgainMs?: number;
}

/** Half of what a broker takes in one batch unless told otherwise (`message.max.bytes`), so that no backlog is refused. */
const MAX_BATCH_BYTES = 500_000;

const goodByeLimitMs = 5_000;

const silentFor = (ms: number) => `Kafka's client has said nothing for ${ms} ms`;

/**
 * Publishes a service's outbox to Kafka, the events about one subject in sequence. Of all relays one works; the others wait for it to
 * go. Dying between sending and marking sends again, under the same id. Kafka or the database being down is waited for,
 * in growing pauses. An event that Kafka refuses holds up those about its own subject alone.
 */
export function startOutboxRelay(settings: OutboxRelaySettings): RunningLoop {
  const {
    databaseUrl,
    kafka,
    subject,
    topics,
    replication,
    service,
    logger,
    registry,
    batchSize = 200,
    pollMs = 1_000,
    gatherMs = 100,
    refusedAgainMs = 60_000,
    sendLimitMs = 60_000,
  } = settings;
  const refused = createRefusedEvents({ subject, logger, registry, againMs: refusedAgainMs });
  const delay = histogram(registry, 'outbox_publish_delay_seconds');
  let current: OutboxSession | undefined;
  // Also of a relay that doesn't lead: what waits is the same for all.
  readAtScrape({
    registry,
    gauges: ['outbox_waiting_events', 'outbox_waiting_seconds'],
    read: async () => {
      if (current === undefined) throw new Error('no connection to the database');
      const { events, oldestS } = await current.waiting();
      return { outbox_waiting_events: [{ value: events }], outbox_waiting_seconds: [{ value: oldestS }] };
    },
  });

  const publish = async (session: OutboxSession, loop: Loop): Promise<void> => {
    const sender = createSender(session, loop);
    try {
      while (!loop.stopping.aborted) {
        const rows = await session.unpublished(batchSize, refused.toLeaveOut());
        for (const round of inSequence(rows)) {
          const mayGo = round.filter(({ subject }) => !refused.has(subject));
          for (const batch of closedByBytes(mayGo, MAX_BATCH_BYTES)) await sender.send(batch);
        }
        refused.done();
        if (rows.length === batchSize) continue;
        await Promise.race([session.untilWritten(pollMs), loop.stopRequested]);
        await loop.pause(gatherMs);
      }
    } finally {
      await sender.close();
    }
  };

  const createSender = (session: OutboxSession, loop: Loop) => {
    let publisher = createEventPublisher(kafka, { topics, subject, logger, replication });
    // A client that stands still may not be able to say good-bye either, and a relay that waits for it leads for ever.
    const close = () => within(goodByeLimitMs, publisher.close(), silentFor(goodByeLimitMs)).catch(() => undefined);
    /** Halves what is refused until the event for which it is stands alone: all others go. */
    const send = async (batch: readonly OutboxRow[]): Promise<void> => {
      crashPoint('relay: before sending');
      try {
        await within(sendLimitMs, publisher.publish(batch), silentFor(sendLimitMs));
      } catch (error) {
        const refusal = refusalOf(error);
        const [row, ...others] = batch;
        if (refusal === undefined || row === undefined) throw error;
        await close();
        publisher = createEventPublisher(kafka, { topics, subject, logger, replication });
        if (others.length === 0) return refused.add(row, refusal);
        const middle = Math.ceil(batch.length / 2);
        await send(batch.slice(0, middle));
        return send(batch.slice(middle));
      }
      crashPoint('relay: sent');
      await session.markPublished(batch);
      crashPoint('relay: marked');
      for (const { writtenAt } of batch) delay.observe(Math.max(0, Date.now() - writtenAt) / 1000);
      loop.works();
    };
    return { send, close };
  };

  return startLoop({ name: 'outbox relay', logger }, async (loop) => {
    const session = await openOutboxSession(databaseUrl, service, subject.column);
    current = session;
    try {
      while (!loop.stopping.aborted && !(await session.tryToLead())) await loop.pause(pollMs);
      await publish(session, loop);
    } finally {
      refused.leave();
      current = undefined;
      await session.close().catch(() => undefined);
    }
  });
}
