import { internalOperations } from '../../../contracts/http/sessions.js';
import { handle, reply } from '../../http/handle.js';
import type { UserContext } from '../service.js';

/** What whoever checks our tokens asks each second. */
export const listEndedSessions = ({ ended }: UserContext) =>
  handle(internalOperations.listEndedSessions, async ({ query: { since } }) =>
    reply(200, await ended.since(since === undefined ? undefined : new Date(since)), { 'Cache-Control': 'no-store' }),
  );
