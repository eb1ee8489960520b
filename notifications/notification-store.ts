import { type Notification, notificationSchema, type NOTIFICATION_CHANNELS } from '../contracts/http/notifications.js';
import { after, newestFirst } from '../platform/database/newest-first.js';
import type { Notification as Row, PrismaClient } from './prisma/generated/client.js';
import { randomUUID } from 'node:crypto';
import type { CustomerTopic, UserTopic } from '../contracts/topics.js';

interface NotificationState {
  status: 'PENDING' | 'SENT' | 'FAILED';
  /** When it was last handed to its channel; null: never, or it certainly did not go. */
  sendingAt: Date | null;
}

export type Standing = 'to send' | 'being sent' | 'lost track of' | 'over';

/** Why it is over, where nobody knows how: by itself it is never sent again. */
export const LOST = 'whether it went is not known';

/**
 * Where a notification stands. One that was handed over longer ago than the lease by somebody who never came back may
 * have gone out or not: it is lost track of, and never sent again.
 */
export function standingOf(
  { status, sendingAt }: NotificationState,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Standing {
  if (status !== 'PENDING') return 'over';
  if (sendingAt === null) return 'to send';
  return sendingAt.getTime() + leaseMs > now.getTime() ? 'being sent' : 'lost track of';
}

interface ListQuery {
  /** undefined: everybody's. */
  userId: number | undefined;
  orderId: string | undefined;
  /** The place after which the page begins. */
  after: { createdAt: Date; id: string } | undefined;
  limit: number;
}

/** Newest first. */
export async function listNotifications(
  prisma: PrismaClient,
  { userId, orderId, after: place, limit }: ListQuery,
): Promise<Row[]> {
  return prisma.notification.findMany({
    where: {
      ...(userId === undefined ? {} : { userId }),
      ...(orderId === undefined ? {} : { orderId }),
      ...after(place),
    },
    orderBy: newestFirst,
    take: limit,
  });
}

export function toNotification({ createdAt, sentAt, ...row }: Row): Notification {
  return notificationSchema.parse({
    ...row,
    createdAt: createdAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
  });
}

export type ChannelName = (typeof NOTIFICATION_CHANNELS)[number];

export interface EventToTell {
  eventId: string;
  /** null: it is about the user, and no order. */
  orderId: string | null;
  userId: number;
  event: CustomerTopic | UserTopic;
}

interface StoredNotification extends NotificationState {
  id: string;
  channel: ChannelName;
}

/** Each write is one conditional statement: two processes that have the same event can't both get through one. */
export interface NotificationStore {
  /** The event's notification on a channel, made when it is not there yet. With `sendingAt` a new one is claimed in the same statement. */
  open(
    event: EventToTell,
    channel: ChannelName,
    sendingAt: Date | null,
  ): Promise<StoredNotification & { isNew: boolean }>;
  find(eventId: string, channel: ChannelName): Promise<StoredNotification | undefined>;
  /** Takes it for sending; false when somebody else did. Committed before anything is sent. `at` is whose claim it is. */
  claim(id: string, at: Date): Promise<boolean>;
  markSent(id: string): Promise<void>;
  /** It certainly did not go: it may be taken again. Touches no other claim, however late or often it is said. */
  releaseClaim(eventId: string, channel: ChannelName, at: Date): Promise<void>;
  /** Whether what was taken for sending of an event went is not known: it is over. Which channels that newly holds for. */
  markLost(eventId: string): Promise<string[]>;
  /** No more tries for what is left to send of an event. */
  giveUp(eventId: string, reason: string): Promise<void>;
  /** What was given up is to be sent after all; what may have gone only if it was handed over by then. */
  revive(eventId: string, evenIfSentBy?: Date): Promise<void>;
}

export function createNotificationStore(prisma: PrismaClient, now: () => Date = () => new Date()): NotificationStore {
  const table = prisma.notification;
  const stored = ({ id, channel, status, sendingAt }: Row) =>
    ({ id, channel, status, sendingAt }) as StoredNotification;
  const find: NotificationStore['find'] = async (eventId, channel) => {
    const row = await table.findUnique({ where: { eventId_channel: { eventId, channel } } });
    return row === null ? undefined : stored(row);
  };
  return {
    find,

    open: async (event, channel, sendingAt) => {
      const [made] = await table.createManyAndReturn({
        data: [{ ...event, id: randomUUID(), channel, status: 'PENDING', sendingAt, createdAt: now() }],
        skipDuplicates: true,
      });
      if (made !== undefined) return { ...stored(made), isNew: true };
      const found = await find(event.eventId, channel);
      if (found === undefined) throw new Error(`the notification of ${event.eventId} was neither written nor found`);
      return { ...found, isNew: false };
    },

    claim: async (id, at) => {
      const claimed = await table.updateMany({
        where: { id, status: 'PENDING', sendingAt: null },
        data: { sendingAt: at },
      });
      return claimed.count === 1;
    },

    markSent: async (id) => {
      // From FAILED too: a send that outlasted its lease, and came through, did go.
      await table.updateMany({ where: { id }, data: { status: 'SENT', sentAt: now(), error: null } });
    },

    releaseClaim: async (eventId, channel, at) => {
      // From FAILED too: who could not say this at once may have been taken for dead meanwhile.
      await table.updateMany({
        where: { eventId, channel, status: { not: 'SENT' }, sendingAt: at },
        data: { status: 'PENDING', sendingAt: null, error: null },
      });
    },

    markLost: async (eventId) => {
      const lost = await table.updateManyAndReturn({
        where: { eventId, status: 'PENDING', sendingAt: { not: null } },
        data: { status: 'FAILED', error: LOST },
        select: { channel: true },
      });
      return lost.map(({ channel }) => channel);
    },

    giveUp: async (eventId, reason) => {
      await table.updateMany({
        where: { eventId, status: 'PENDING', sendingAt: null },
        data: { status: 'FAILED', error: reason },
      });
    },

    revive: async (eventId, evenIfSentBy) => {
      const wanted = evenIfSentBy === undefined ? [] : [{ sendingAt: { lte: evenIfSentBy } }];
      await table.updateMany({
        where: { eventId, status: 'FAILED', OR: [{ sendingAt: null }, ...wanted] },
        data: { status: 'PENDING', sendingAt: null, error: null },
      });
    },
  };
}
