import type { Prunable } from '../../platform/database/prune.js';

/** Longer than the last access token of a session lives: whatever ends it until then has to find the session. */
const ACCESS_MS = 3_600_000;

/** A token goes with its whole family, which is over: until then one that is used twice is known. */
export const prunableOfUsers = ({ SESSION_ENDS_AFTER }: { SESSION_ENDS_AFTER: number }): Prunable[] => [
  {
    table: 'refresh_tokens',
    age: 'family_began_at',
    where: 'family_began_at < $1',
    keptForMs: SESSION_ENDS_AFTER + ACCESS_MS,
  },
  {
    table: 'ended_sessions',
    age: 'ended_at',
    where: 'ended_at < $1',
    keptForMs: ACCESS_MS,
  },
];
