import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '../logger.js';
import type { OutboxRow, OutboxSubject } from './outbox-session.js';

export interface RefusedEvents {
  /** The subjects whose events are not to be read; when it is time to try again, none. */
  toLeaveOut(): string[];
  /** Rows are read that may be sent. */
  read(rows: readonly OutboxRow[]): void;
  /** Kafka has said that it will not take it. Throws when there are so many that it can't be about single events. */
  add(row: OutboxRow, refusal: string): void;
  has(subject: string): boolean;
  /** What was read is sent, or refused. */
  done(): void;
  /** Another relay may lead from here on: this one knows nothing any more. */
  leave(): void;
}

interface RefusedEventsSettings {
  subject: OutboxSubject;
  logger: Logger;
  registry: Registry;
  againMs: number;
}

/** More subjects than this at once are no matter of single events: then all wait, as for a Kafka that is away. */
const AT_MOST = 100;

/**
 * The events that Kafka refuses: each is told of when that is found, and again after each `againMs`. They are kept in memory
 * alone, because whoever leads next finds them in the outbox by trying.
 */
export function createRefusedEvents(settings: RefusedEventsSettings): RefusedEvents {
  const { subject: about, logger, registry, againMs } = settings;
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const count = gauge(
    'outbox_refused_events',
    'Events that Kafka refuses; what follows them of the same order or user waits',
  );
  const waiting = gauge('outbox_waiting_seconds', 'How long the oldest event that Kafka has not refused has waited');
  let held = new Set<string>();
  let triedAgain = new Set<string>();
  let againAt = 0;

  return {
    toLeaveOut: () => {
      if (held.size > 0 && Date.now() >= againAt) {
        triedAgain = held;
        held = new Set();
      }
      return [...held];
    },
    read: (rows) => waiting.set(rows.find(({ subject }) => !triedAgain.has(subject))?.waitingS ?? 0),
    add: ({ subject, topic, event, value }, refusal) => {
      if (held.size >= AT_MOST)
        throw new Error(`Kafka refuses events about more than ${AT_MOST} orders or users: ${refusal}`);
      if (held.size === 0) againAt = Date.now() + againMs;
      held.add(subject);
      count.set(Math.max(held.size, triedAgain.size));
      logger.error(
        { [about.name]: subject, topic, event: event.id, bytes: Buffer.byteLength(value), refusal },
        'event refused by Kafka',
      );
    },
    has: (subject) => held.has(subject),
    done: () => {
      triedAgain = new Set();
      count.set(held.size);
    },
    leave: () => {
      held = new Set();
      triedAgain = new Set();
      count.set(0);
      waiting.set(0);
    },
  };
}
