import { listOwner } from '../../api/http/access.js';
import { handle } from '../../api/http/handle.js';
import { readCursor, toPage } from '../../api/http/pagination.js';
import { notificationOperations } from '../../contracts/http/notifications.js';
import { listNotifications as findNotifications, toNotification } from '../notification-store.js';
import type { PrismaClient } from '../prisma/generated/client.js';

/** One's own, or for an admin any. */
export const listNotifications = ({ prisma }: { prisma: PrismaClient }) =>
  handle(notificationOperations.listNotifications, async ({ query: { userId, orderId, limit, cursor }, caller }) => {
    const rows = await findNotifications(prisma, {
      userId: listOwner(caller, userId),
      orderId,
      after: readCursor(cursor),
      limit: limit + 1,
    });
    return toPage(rows, limit, ({ createdAt, id }) => ({ createdAt, id }), toNotification);
  });
