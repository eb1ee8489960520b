import type { KafkaMessage } from 'kafkajs';
import { UnfitEvent } from '../../contracts/events/order-event.js';
import { checkedEventOfAny, orderIdOf, type AnyEvent } from '../../contracts/events/user-event.js';
import { crashPoint } from '../../platform/crash-points/crash-point.js';
import { refusalByDatabase } from '../../platform/database/unavailable.js';
import type { Logger } from '../../platform/logger.js';
import { nextTry } from '../retry-rules.js';
import type { Hindrance, RetryRules } from '../retry-rules.js';
import type { NotificationStore } from '../notification-store.js';
import type { Outcome, TellCustomer } from '../tell-customer.js';
import { askedBy } from '../dead-letters/dead-letters.js';
import { errorMessage } from '../../platform/error-message.js';

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
  /** What is known of the tries made is kept for these partitions, by topic; others read the rest from here on. */
  keepOnly(partitions: Record<string, number[]>): void;
}

interface Attempts {
  /** By what hindered it: waiting for one thing leaves the tries for another. */
  hindered: Partial<Record<Hindrance, { tries: number; since: number }>>;
  /** Given up, and among the dead letters already, with this as its error. */
  buried?: string;
}

/** Decides what becomes of a message: handled, tried again later, or put among the dead letters. */
export function createMessageHandler({
  tellCustomer,
  store,
  rules,
  bury,
  logger,
}: HandleMessageSettings): MessageHandler {
  /** By message. */
  const attempts = new Map<string, Attempts>();

  const tryAgainOr = (key: string, hindrance: Hindrance): number | 'give up' => {
    const before = attempts.get(key) ?? { hindered: {} };
    const { tries, since } = before.hindered[hindrance] ?? { tries: 0, since: Date.now() };
    attempts.set(key, { ...before, hindered: { ...before.hindered, [hindrance]: { tries: tries + 1, since } } });
    return nextTry(rules, hindrance, { tries: tries + 1, elapsedMs: Date.now() - since });
  };

  /** Says on its rows that it is given up; what the database refused to keep has none. */
  const close = async (event: AnyEvent, reason: string, about: object): Promise<Outcome> => {
    try {
      await store.giveUp(event.id, reason);
      // Whatever the reason: one channel may be lost track of while another is refused.
      const channels = await store.markLost(event.id);
      if (channels.length > 0) logger.error({ ...about, channels }, 'notification lost track of');
    } catch (error) {
      if (refusalByDatabase(error) === undefined) throw error;
    }
    return { done: true };
  };

  const handle: MessageHandler['handle'] = async (topic, partition, message) => {
    const key = `${topic}/${String(partition)}/${message.offset}`;
    const event = readEvent(message);
    if (event instanceof UnfitEvent) {
      const reason = event.message;
      logger.error({ topic, partition, offset: message.offset, reason }, 'message is no event');
      crashPoint('bury: before sending');
      await bury(topic, partition, message, reason);
      crashPoint('bury: sent');
      return { kind: 'handled' };
    }
    const about = { topic, event: event.id, orderId: orderIdOf(event) };
    const buried = attempts.get(key)?.buried;
    const outcome = await outcomeOf(() =>
      buried === undefined ? tellCustomer(event, askedBy(message)) : close(event, buried, about),
    );
    if (outcome.done) {
      attempts.delete(key);
      return { kind: 'handled' };
    }
    const { hindrance, reason } = outcome;
    const inMs = hindrance === undefined ? 'give up' : tryAgainOr(key, hindrance);
    if (inMs !== 'give up') {
      logger.warn({ ...about, reason, inMs }, 'notification is tried again');
      return { kind: 'try again', inMs };
    }
    logger.error({ ...about, reason }, 'notification given up');
    // In this order: whoever dies in between has the event again, and gives it up again.
    await bury(topic, partition, message, reason);
    attempts.set(key, { hindered: {}, buried: reason });
    return handle(topic, partition, message);
  };

  return {
    handle,
    keepOnly: (partitions) => {
      for (const key of attempts.keys()) {
        const [topic = '', partition] = key.split('/');
        if (!partitions[topic]?.includes(Number(partition))) attempts.delete(key);
      }
    },
  };
}

async function outcomeOf(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    const refusal = refusalByDatabase(error);
    if (refusal !== undefined)
      return { done: false, hindrance: 'not-kept', reason: `the database refuses it (${refusal})` };
    const reason = errorMessage(error);
    return { done: false, hindrance: 'own-trouble', reason };
  }
}

function readEvent(message: KafkaMessage): AnyEvent | UnfitEvent {
  try {
    return checkedEventOfAny(parseJson(String(message.value)));
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
