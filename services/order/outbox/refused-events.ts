import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '../../../platform/logger.js';
import type { OutboxRow } from './outbox-session.js';

export interface RefusedEvents {
  /** The orders whose events are not to be read; when it is time to try again, none. */
  toLeaveOut(): string[];
  /** Rows are read that may be sent. */
  read(rows: readonly OutboxRow[]): void;
  /** Kafka has said that it will not take it. Throws when there are so many that it can't be about single events. */
  add(row: OutboxRow, refusal: string): void;
  has(orderId: string): boolean;
  /** What was read is sent, or refused. */
  done(): void;
  /** Another relay may lead from here on: this one knows nothing any more. */
  leave(): void;
}

/** More orders than this at once are no matter of single events: then all wait, as for a Kafka that is away. */
const AT_MOST = 100;

/**
 * The events that Kafka refuses: each is told of when that is found, and again after each `againMs`. They are kept in memory
 * alone, because whoever leads next finds them in the outbox by trying.
 */
export function createRefusedEvents(settings: { logger: Logger; registry: Registry; againMs: number }): RefusedEvents {
  const { logger, registry, againMs } = settings;
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const count = gauge('outbox_refused_events', 'Events that Kafka refuses; what follows them in their orders waits');
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
    read: (rows) => waiting.set(rows.find(({ orderId }) => !triedAgain.has(orderId))?.waitingS ?? 0),
    add: ({ orderId, topic, event, value }, refusal) => {
      if (held.size >= AT_MOST) throw new Error(`Kafka refuses events of more than ${AT_MOST} orders: ${refusal}`);
      if (held.size === 0) againAt = Date.now() + againMs;
      held.add(orderId);
      count.set(Math.max(held.size, triedAgain.size));
      logger.error(
        { orderId, topic, event: event.id, bytes: Buffer.byteLength(value), refusal },
        'event refused by Kafka',
      );
    },
    has: (orderId) => held.has(orderId),
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
