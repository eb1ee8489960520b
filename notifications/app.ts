import type { Express } from 'express';
import { createServiceApp } from '../api/http/app.js';
import { notificationOperations } from '../contracts/http/notifications.js';
import { checkDatabase } from '../platform/database/pool.js';
import type { Logger } from '../platform/logger.js';
import type { NotificationContext } from './context.js';
import { listNotifications } from './routes/list-notifications.js';

export function createNotificationApp(context: NotificationContext, { logger }: { logger: Logger }): Express {
  const { pool, auth, consumer, metrics } = context;
  const readiness = {
    database: () => checkDatabase(pool),
    kafka: () => consumer.check(),
    'signing keys': () => auth.check(),
  };
  const handlers = { listNotifications: listNotifications(context) };
  return createServiceApp('notification-service', notificationOperations, handlers, {
    logger,
    metrics,
    auth,
    readiness,
  });
}
