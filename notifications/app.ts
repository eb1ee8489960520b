import type { Express } from 'express';
import { createHttpApp } from '../api/http/app.js';
import { documentRoute } from '../api/http/openapi/document-route.js';
import { notificationOperations } from '../contracts/http/operations/notifications.js';
import { checkDatabase } from '../platform/database/pool.js';
import type { Logger } from '../platform/logger.js';
import type { NotificationContext } from './context.js';
import { listNotificationsRoute } from './routes/list-notifications.js';

export function createNotificationApp(
  context: NotificationContext,
  { service, logger }: { service: string; logger: Logger },
): Express {
  const { prisma, pool, auth, consumer, metrics } = context;
  return createHttpApp({
    service,
    logger,
    metrics,
    readiness: {
      database: () => checkDatabase(pool),
      kafka: () => consumer.check(),
      'signing keys': () => auth.check(),
    },
    routers: [listNotificationsRoute({ prisma, auth }), documentRoute('notification-service', notificationOperations)],
  });
}
