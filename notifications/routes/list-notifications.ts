import { Router } from 'express';
import { listOwner } from '../../api/http/access.js';
import type { Authenticator } from '../../api/http/auth.js';
import { readCursor, toPage } from '../../api/http/pagination.js';
import { parseQuery } from '../../api/http/validate.js';
import { notificationsQuerySchema } from '../../contracts/http/notifications.js';
import { listNotifications, toNotification } from '../notification-list.js';
import type { PrismaClient } from '../prisma/generated/client.js';

/** GET /notifications?userId=&orderId=: one's own, or for an admin any. */
export function listNotificationsRoute({ prisma, auth }: { prisma: PrismaClient; auth: Authenticator }): Router {
  const router = Router();
  router.get('/notifications', auth.required, async (req, res) => {
    const { userId, orderId, limit, cursor } = parseQuery(notificationsQuerySchema, req);
    const rows = await listNotifications(prisma, {
      userId: listOwner(req, userId),
      orderId,
      after: readCursor(cursor),
      limit: limit + 1,
    });
    res.json(toPage(rows, limit, ({ createdAt, id }) => ({ createdAt, id }), toNotification));
  });
  return router;
}
