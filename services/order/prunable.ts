import type { Prunable } from '../../platform/database/prune.js';

/** An order that has told all and rests: what its workflow tells again after that, by a reset, is not written any more. */
export const prunableOfOrders = ({ EVENTS_KEPT_FOR }: { EVENTS_KEPT_FOR: number }): Prunable[] => [
  {
    table: 'outbox_events',
    age: 'published_at',
    where: `published_at < $1 AND EXISTS (SELECT FROM orders WHERE orders.id = outbox_events.order_id
      AND orders.status IN ('COMPLETED', 'CANCELLED') AND orders.updated_at < $1)`,
    keptForMs: EVENTS_KEPT_FOR,
  },
];
