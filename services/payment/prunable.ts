import type { Prunable } from '../../platform/database/prune.js';

/** Longer than any provider goes on to send an event again. One that comes all the same is told once more, and the Saga asks once more. */
const KEPT_MS = 30 * 86_400_000;

/** What waits to be told stays. */
export const PRUNABLE_OF_PAYMENTS: Prunable[] = [
  {
    table: 'provider_events',
    age: 'received_at',
    where: "received_at < $1 AND state <> 'WAITING'",
    keptForMs: KEPT_MS,
  },
];
