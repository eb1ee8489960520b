import type { Request } from 'express';
import { sessionOperations, type Session } from '../../../contracts/http/sessions.js';
import { audit } from '../../http/audit.js';
import { handle, reply } from '../../http/handle.js';
import { unauthorized } from '../../http/problem.js';
import { toSession } from '../../../services/user/access-tokens.js';
import type { UserContext } from '../service.js';
import { cookieHeaders, cookiesOf, withoutRefreshToken } from '../session-cookie.js';

async function refresh({ sessions, tokens }: UserContext, refreshToken: string, req: Request): Promise<Session> {
  const refreshed = await sessions.refresh(refreshToken, clientOf(req));
  if (refreshed !== undefined && 'reusedOf' in refreshed)
    audit(req, 'authn_token_reuse', { subject: `user:${String(refreshed.reusedOf)}` });
  if (refreshed === undefined || 'reusedOf' in refreshed)
    throw unauthorized('The refresh token is not valid any more: log in again.');
  return toSession(tokens, refreshed);
}

/** As far as two requests show it that they come from one. */
const clientOf = (req: Request): string => `${req.ip ?? ''} ${req.get('user-agent') ?? ''}`;

export const refreshSession = (context: UserContext) =>
  handle(
    sessionOperations.refreshSession,
    async ({ body: { refreshToken }, req }) =>
      reply(200, await refresh(context, refreshToken, req), { 'Cache-Control': 'no-store' }),
    { before: context.rates.tokens },
  );

export const refreshBrowserSession = (context: UserContext) =>
  handle(
    sessionOperations.refreshBrowserSession,
    async ({ req }) => {
      const [refreshToken, another] = cookiesOf(req);
      if (refreshToken === undefined) throw unauthorized('There is no session: log in.');
      if (another !== undefined) throw unauthorized('There are two cookies of a session: remove them, and log in.');
      const session = await refresh(context, refreshToken, req);
      return reply(200, withoutRefreshToken(session), cookieHeaders(req, session.refreshToken));
    },
    { before: context.rates.tokens },
  );
