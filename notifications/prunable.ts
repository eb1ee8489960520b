import type { Prunable } from '../platform/database/prune.js';

/** What may be older than its event: the clocks of two machines. */
const MARGIN_MS = 86_400_000;

/**
 * What went. What waits stays, and so does what was given up or may have gone: its dead letter may still be sent again. An event
 * that is as old as this and has no notification is told to nobody.
 */
export const prunableOfNotifications = ({ NOTIFICATIONS_KEPT_FOR }: { NOTIFICATIONS_KEPT_FOR: number }): Prunable[] => [
  {
    table: 'notifications',
    age: 'created_at',
    where: `created_at < $1 AND status = 'SENT'`,
    keptForMs: NOTIFICATIONS_KEPT_FOR + MARGIN_MS,
  },
];
