import { pageOf } from '../common.js';
import { notificationSchema, notificationsQuerySchema } from '../notifications.js';
import type { Operations } from '../operation.js';

export const notificationOperations = {
  listNotifications: {
    service: 'notification-service',
    tag: 'Notifications',
    method: 'get',
    path: '/notifications',
    summary: 'Notifications, newest first',
    description: 'The caller’s own; an admin who names no `userId` sees everybody’s.',
    access: 'owner-or-admin',
    query: notificationsQuerySchema,
    answers: { 200: { description: 'A page of notifications.', schema: pageOf(notificationSchema) } },
    problems: ['forbidden'],
  },
} as const satisfies Operations;
