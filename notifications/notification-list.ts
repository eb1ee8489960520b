import type { Notification } from '../contracts/http/notifications.js';
import { notificationSchema } from '../contracts/http/notifications.js';
import { after, newestFirst } from '../platform/database/newest-first.js';
import type { Notification as Row, PrismaClient } from './prisma/generated/client.js';

export interface ListQuery {
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
