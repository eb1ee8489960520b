import type { Prunable } from '../../platform/database/prune.js';

/** Longer than the last access token of a session lives: whatever ends it until then has to find the session. */
const ACCESS_MS = 3_600_000;

/** What is with Kafka is kept for whoever looks whether it was told: a month. */
const TOLD_MS = 30 * 86_400_000;

/** A token goes with its whole family, which is over: until then one that is used twice is known. */
export const prunableOfUsers = ({ SESSION_ENDS_AFTER }: { SESSION_ENDS_AFTER: number }): Prunable[] => [
  {
    table: 'refresh_tokens',
    age: 'family_began_at',
    // Where SESSION_ENDS_AFTER was made shorter, a family's last access token may be younger than its end.
    where: `family_began_at < $1 AND NOT EXISTS (
      SELECT FROM refresh_tokens AS other
      WHERE other.family_id = refresh_tokens.family_id AND other.created_at > now() - interval '1 hour')`,
    keptForMs: SESSION_ENDS_AFTER + ACCESS_MS,
  },
  {
    table: 'ended_sessions',
    age: 'ended_at',
    where: 'ended_at < $1',
    keptForMs: ACCESS_MS,
  },
  {
    table: 'outbox_events',
    age: 'published_at',
    where: 'published_at < $1',
    keptForMs: TOLD_MS,
  },
];
