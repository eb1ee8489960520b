import type { KafkaMessage } from 'kafkajs';
import { UnfitEvent, checkedEvent } from '../../contracts/events/check-order-event.js';
import type { OrderEvent } from '../../contracts/events/order-event.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import type { Logger } from '../../platform/logger.js';
import { nextTry } from '../domain/retry-rules.js';
import type { Hindrance, RetryRules } from '../domain/retry-rules.js';
import type { NotificationStore } from '../notification-store.js';
import type { TellCustomer } from '../tell-customer.js';
import { isReplayed } from '../dead-letters/dead-letter.js';

export type Verdict = { kind: 'handled' } | { kind: 'try again'; inMs: number };

export interface HandleMessageSettings {
  tellCustomer: TellCustomer;
  store: NotificationStore;
  rules: RetryRules;
  /** Resolves when the message is among the dead letters for good. */
  bury: (topic: string, partition: number, message: KafkaMessage, error: string) => Promise<void>;
  logger: Logger;
}

export interface MessageHandler {
  handle(topic: string, partition: number, message: KafkaMessage): Promise<Verdict>;
  /** Other partitions are ours from here on: what is known of the tries made belongs to the past. */
  forget(): void;
}

/** Decides what becomes of a message: handled, tried again later, or put among the dead letters. */
export function createMessageHandler({
  tellCustomer,
  store,
  rules,
  bury,
  logger,
}: HandleMessageSettings): MessageHandler {
  /** By message, and what hindered it: waiting for one thing leaves the tries for another. */
  const attempts = new Map<string, Partial<Record<Hindrance, { tries: number; since: number }>>>();

  const tryAgainOr = (key: string, hindrance: Hindrance): number | 'give up' => {
    const before = attempts.get(key) ?? {};
    const { tries, since } = before[hindrance] ?? { tries: 0, since: Date.now() };
    attempts.set(key, { ...before, [hindrance]: { tries: tries + 1, since } });
    return nextTry(rules, hindrance, { tries: tries + 1, elapsedMs: Date.now() - since });
  };

  return {
    handle: async (topic, partition, message) => {
      const key = `${topic}/${String(partition)}/${message.offset}`;
      const event = readEvent(message);
      if (event instanceof UnfitEvent) {
        const reason = event.message;
        logger.error({ topic, partition, offset: message.offset, reason }, 'message is not an order event');
        crashPoint('bury: before sending');
        await bury(topic, partition, message, reason);
        crashPoint('bury: sent');
        return { kind: 'handled' };
      }
      const about = { topic, event: event.id, orderId: event.data.orderId };
      let hindrance: Hindrance | undefined = 'own-trouble';
      let reason: string;
      try {
        const outcome = await tellCustomer(event, { again: isReplayed(message) });
        if (outcome.done) {
          attempts.delete(key);
          return { kind: 'handled' };
        }
        ({ hindrance, reason } = outcome);
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
      const inMs = hindrance === undefined ? 'give up' : tryAgainOr(key, hindrance);
      if (inMs !== 'give up') {
        logger.warn({ ...about, reason, inMs }, 'notification is tried again');
        return { kind: 'try again', inMs };
      }
      logger.error({ ...about, reason }, 'notification given up');
      // In this order: whoever dies in between has the event again, and gives it up again.
      await bury(topic, partition, message, reason);
      await store.giveUp(event.id, reason);
      attempts.delete(key);
      return { kind: 'handled' };
    },
    forget: () => attempts.clear(),
  };
}

function readEvent(message: KafkaMessage): OrderEvent | UnfitEvent {
  try {
    return checkedEvent(parseJson(String(message.value)), 'ignored');
  } catch (error) {
    if (error instanceof UnfitEvent) return error;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
