import { z } from 'zod';
import { TOPICS, USER_TOPICS } from '../topics.js';
import { integerIdParamSchema, integerIdSchema, pageQuerySchema, textIdSchema, timeSchema, pageOf } from './common.js';
import type { Operations } from './operation.js';

export const NOTIFICATION_CHANNELS = ['EMAIL', 'SMS'] as const;
const NOTIFICATION_STATUSES = ['PENDING', 'SENT', 'FAILED'] as const;

export const notificationSchema = z
  .object({
    id: textIdSchema,
    userId: integerIdSchema,
    orderId: textIdSchema.nullable().describe('null: it is about the user, and no order.'),
    event: z.enum([...TOPICS, ...USER_TOPICS]),
    channel: z.enum(NOTIFICATION_CHANNELS),
    status: z.enum(NOTIFICATION_STATUSES),
    sentAt: timeSchema.nullable(),
    createdAt: timeSchema,
  })
  .meta({
    id: 'Notification',
    description: 'One message to a customer about one event.',
    examples: [
      {
        id: 'ntf_1',
        userId: 1,
        orderId: 'ord_1',
        event: 'order-created',
        channel: 'EMAIL',
        status: 'SENT',
        sentAt: '2026-01-31T12:00:00.000Z',
        createdAt: '2026-01-31T12:00:00.000Z',
      },
    ],
  });
export type Notification = z.infer<typeof notificationSchema>;

const notificationsQuerySchema = pageQuerySchema.extend({
  userId: integerIdParamSchema.optional(),
  orderId: textIdSchema.optional(),
});

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
