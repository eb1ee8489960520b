import type { Router } from 'express';
import { listOwner } from '../../api/http/access.js';
import type { Authenticator } from '../../api/http/auth.js';
import { readCursor, toPage } from '../../api/http/pagination.js';
import { route } from '../../api/http/route.js';
import { parseQuery } from '../../api/http/validate.js';
import { notificationOperations } from '../../contracts/http/operations/notifications.js';
import { listNotifications, toNotification } from '../notification-store.js';
import type { PrismaClient } from '../prisma/generated/client.js';

const operation = notificationOperations.listNotifications;

/** One's own, or for an admin any. */
export function listNotificationsRoute({ prisma, auth }: { prisma: PrismaClient; auth: Authenticator }): Router {
  return route(operation, { auth }, async (req, res) => {
    const { userId, orderId, limit, cursor } = parseQuery(operation.query, req);
    const rows = await listNotifications(prisma, {
      userId: listOwner(req, userId),
      orderId,
      after: readCursor(cursor),
      limit: limit + 1,
    });
    res.json(toPage(rows, limit, ({ createdAt, id }) => ({ createdAt, id }), toNotification));
  });
}
