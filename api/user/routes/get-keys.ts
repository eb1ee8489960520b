import { sessionOperations } from '../../../contracts/http/sessions.js';
import { handle, reply } from '../../http/handle.js';
import type { UserContext } from '../service.js';

/** What anyone checks our tokens with. */
export const getKeys = ({ keys }: UserContext) =>
  handle(sessionOperations.getKeys, () => reply(200, keys.publicKeys, { 'Cache-Control': 'public, max-age=300' }));
