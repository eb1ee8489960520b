import { eventTypeOf } from '../contracts/events/order-event.js';
import { orderIdOf, type AnyEvent } from '../contracts/events/user-event.js';
import { NOTIFICATION_CHANNELS } from '../contracts/http/notifications.js';
import type { UserValidation } from '../contracts/http/users.js';
import { CUSTOMER_TOPICS, USER_TOPICS } from '../contracts/topics.js';
import type { UserClient } from '../clients/user-client.js';
import { crashPoint } from '../platform/crash-points/crash-point.js';
import { refusalByDatabase } from '../platform/database/unavailable.js';
import type { Registry } from 'prom-client';
import type { Logger } from '../platform/logger.js';
import { counter, histogram } from '../platform/metrics.js';
import { NotSent, type Channel } from './channels/channel.js';
import type { Hindrance } from './retry-rules.js';
import {
  LOST,
  standingOf,
  type ChannelName,
  type EventToTell,
  type NotificationStore,
  type Standing,
} from './notification-store.js';
import { type Message, messageOf } from './templates/templates.js';
import { errorMessage } from '../platform/error-message.js';

export type Outcome =
  | { done: true }
  /** Not yet. */
  | { done: false; hindrance: Hindrance; reason: string }
  /** Not ever, by trying again. */
  | { done: false; hindrance: undefined; reason: string };

export interface TellCustomerSettings {
  store: NotificationStore;
  users: UserClient;
  channels: Record<ChannelName, Channel>;
  /** A channel has answered within this, or its process is gone. */
  leaseMs: number;
  /** Of an event that is older it is no longer known whether it was told, unless something is left of it. */
  keptForMs: number;
  registry: Registry;
  logger: Logger;
}

export interface Asked {
  /** Somebody asked for what was given up. */
  again: boolean;
  /** And for what may have gone, in a try made by then. A later one is somebody's answer to this: who has this again makes none. */
  evenIfSentBy?: Date | undefined;
}

/** A notification, and how it stands. `ours`: we took it for sending when it was written. */
interface Found {
  id: string;
  standing: Standing | 'ours';
  /** Whose claim it is, or will be. */
  claimedAt: Date;
}

export type TellCustomer = (event: AnyEvent, asked: Asked) => Promise<Outcome>;

const DONE: Outcome = { done: true };
/** Its row says so once the event is among the dead letters, from where somebody may send it all the same. */
const MAY_HAVE_GONE: Outcome = { done: false, hindrance: undefined, reason: LOST };

/**
 * Tells a customer of an event, on each channel once: whatever was sent stays sent, whoever has the event again. Rejects
 * when our own database fails.
 */
export function createTellCustomer(settings: TellCustomerSettings): TellCustomer {
  const { store, users, channels, leaseMs, keptForMs, registry, logger } = settings;
  const tries = counter(registry, 'notifications_total');
  const delay = histogram(registry, 'notification_delay_seconds');
  /** What became of a notification and could not be written down: nobody but us knows. By event and channel. */
  const unwritten = new Map<string, () => Promise<void>>();
  const release = (eventId: string, channel: ChannelName, claimedAt: Date) => () =>
    store.releaseClaim(eventId, channel, claimedAt);
  /** A claim that we don't hear of may stand all the same, and nothing is sent by it. */
  const claiming = async <Claim>(key: string, work: Promise<Claim>, undo: () => Promise<void>): Promise<Claim> => {
    try {
      return await work;
    } catch (error) {
      // What the database refused holds no claim.
      if (refusalByDatabase(error) === undefined) unwritten.set(key, undo);
      throw error;
    }
  };
  const write = async (key: string, work: () => Promise<void>): Promise<void> => {
    unwritten.set(key, work);
    await work();
    unwritten.delete(key);
  };

  const tellOn = async (
    channel: ChannelName,
    { time, ...toTell }: EventToTell & Pick<AnyEvent, 'time'>,
    found: Found | undefined,
    work: () => Promise<void>,
  ): Promise<Outcome> => {
    if (found === undefined) return DONE;
    const key = keyOf(toTell.eventId, channel);
    const { id, standing, claimedAt } = found;
    if (standing === 'over') return DONE;
    const about = { channel, event: toTell.event, ...whose(toTell) };
    if (standing === 'lost track of') return MAY_HAVE_GONE;
    const undo = release(toTell.eventId, channel, claimedAt);
    const isOurs = async () =>
      standing === 'ours' || (standing === 'to send' && (await claiming(key, store.claim(id, claimedAt), undo)));
    if (!(await isOurs())) {
      return { done: false, hindrance: 'in-flight', reason: 'another process is sending it' };
    }
    try {
      crashPoint('notify: before sending');
      await work();
      crashPoint('notify: sent');
    } catch (error) {
      const reason = errorMessage(error);
      if (error instanceof NotSent) {
        await write(key, undo);
        tries.inc({ channel, outcome: error.isAway ? 'away' : 'not-sent' });
        const hindrance = error.isAway ? 'channel-away' : 'not-sent';
        return { done: false, hindrance, reason: `${channel}: ${reason}` };
      }
      tries.inc({ channel, outcome: 'lost' });
      logger.warn({ ...about, reason }, 'notification may have gone');
      return MAY_HAVE_GONE;
    }
    await write(key, () => store.markSent(id));
    crashPoint('notify: marked');
    tries.inc({ channel, outcome: 'sent' });
    delay.observe({ channel }, Math.max(0, Date.now() - Date.parse(time)) / 1000);
    logger.info(about, 'notification sent');
    return DONE;
  };

  return async (event, { again, evenIfSentBy }) => {
    const topic = [...CUSTOMER_TOPICS, ...USER_TOPICS].find((one) => eventTypeOf(one) === event.type);
    if (topic === undefined) return DONE;
    const message = writeMessage(() => messageOf(event));
    if (message === undefined) return { done: false, hindrance: undefined, reason: 'the message can not be written' };

    const orderId = orderIdOf(event);
    const { userId } = event.data;
    const toTell = { eventId: event.id, orderId: orderId ?? null, userId, event: topic };
    const isOld = Date.now() - Date.parse(event.time) >= keptForMs;
    if (isOld && !(await store.find(event.id, 'EMAIL')) && !(await store.find(event.id, 'SMS'))) {
      const reason = 'it is older than what is kept of notifications, so it may have been told';
      // Who asks for it hears of it; what Kafka has again has been read before.
      if (again) return { done: false, hindrance: undefined, reason };
      logger.warn({ event: topic, ...whose(toTell), reason }, 'notification not sent');
      return DONE;
    }
    if (again) await store.revive(event.id, evenIfSentBy);
    /** Taken for sending by us where it is new; of an old event only what there is of it. */
    const findOn = async (channel: ChannelName): Promise<Found | undefined> => {
      const key = keyOf(event.id, channel);
      const claimedAt = new Date();
      const row = isOld
        ? await store.find(event.id, channel)
        : await claiming(key, store.open(toTell, channel, claimedAt), release(event.id, channel, claimedAt));
      if (row === undefined) return undefined;
      const isOurs = 'isNew' in row && row.isNew;
      return { id: row.id, standing: isOurs ? 'ours' : standingOf(row, { now: claimedAt, leaseMs }), claimedAt };
    };
    for (const channel of NOTIFICATION_CHANNELS) {
      const key = keyOf(event.id, channel);
      const left = unwritten.get(key);
      if (left !== undefined) await write(key, left);
    }
    crashPoint('notify: before the row');
    const asked = await askForUser(users, userId);
    if ('reason' in asked) {
      // So that one can see what is still to come.
      if (!isOld) await store.open(toTell, 'EMAIL', null);
      return { done: false, ...asked };
    }

    const { user } = asked;
    const told = { ...toTell, time: event.time };
    const tellBy = async (channel: ChannelName) =>
      tellOn(channel, told, await findOn(channel), () =>
        channels[channel].send({ key: keyOf(event.id, channel), user, message, orderId }),
      );
    const outcomes = [await tellBy('EMAIL')];
    if (user.phone !== null) outcomes.push(await tellBy('SMS'));
    return (
      // Giving up is for all channels: not while one has only to be waited for.
      outcomes.find((outcome) => !outcome.done && outcome.hindrance === 'channel-away') ??
      outcomes.find((outcome) => !outcome.done && outcome.hindrance === 'not-sent') ??
      outcomes.find((outcome) => !outcome.done && outcome.hindrance !== undefined) ??
      outcomes.find((outcome) => !outcome.done) ??
      DONE
    );
  };
}

const keyOf = (eventId: string, channel: ChannelName) => `${eventId}:${channel}`;

async function askForUser(
  users: UserClient,
  userId: number,
): Promise<{ user: UserValidation } | { hindrance: Hindrance | undefined; reason: string }> {
  try {
    const asked = await users.validateUser(userId);
    if (asked.outcome === 'verified') return { user: asked.user };
    if (asked.outcome === 'unknown') return { hindrance: undefined, reason: 'there is no such user' };
    return { hindrance: 'no-address', reason: asked.reason };
  } catch (error) {
    // Refused, or not understood: a mistake in somebody's settings or version, which somebody will put right.
    return { hindrance: 'no-address', reason: errorMessage(error) };
  }
}

function writeMessage(write: () => Message | undefined): Message | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}

/** For the log: the order, or the user where it is about no order. */
const whose = ({ orderId, userId }: Pick<EventToTell, 'orderId' | 'userId'>) =>
  orderId === null ? { userId } : { orderId };
