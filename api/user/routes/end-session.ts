import { sessionOperations } from '../../../contracts/http/sessions.js';
import { handle, reply } from '../../http/handle.js';
import type { UserContext } from '../service.js';
import { cookieHeaders, cookiesOf } from '../session-cookie.js';

/** The refresh token is the proof; one that is not known has nothing left to end. */
export const endSession = ({ sessions, rates }: UserContext) =>
  handle(sessionOperations.endSession, ({ body: { refreshToken } }) => sessions.end(refreshToken), {
    before: rates.tokens,
  });

export const endBrowserSession = ({ sessions, rates }: UserContext) =>
  handle(
    sessionOperations.endBrowserSession,
    async ({ req }) => {
      for (const refreshToken of cookiesOf(req)) await sessions.end(refreshToken);
      return reply(204, undefined, cookieHeaders(req, undefined));
    },
    { before: rates.tokens },
  );
