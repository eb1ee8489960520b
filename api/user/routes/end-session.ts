import { sessionOperations } from '../../../contracts/http/sessions.js';
import { handle } from '../../http/handle.js';
import type { UserContext } from '../service.js';

/** The refresh token is the proof; one that is not known has nothing left to end. */
export const endSession = ({ sessions, rates }: UserContext) =>
  handle(sessionOperations.endSession, ({ body: { refreshToken } }) => sessions.end(refreshToken), {
    before: rates.tokens,
  });
