import type { Request } from 'express';
import type { z } from 'zod';
import { sessionOperations, type Session } from '../../../contracts/http/sessions.js';
import { logIn as tryPassword } from '../../../services/user/log-in.js';
import { audit } from '../../http/audit.js';
import { handle, reply } from '../../http/handle.js';
import { unauthorized } from '../../http/problem.js';
import { toSession } from '../../../services/user/access-tokens.js';
import type { UserContext } from '../service.js';
import { cookieHeaders, cookiesOf, withoutRefreshToken } from '../session-cookie.js';

type Wish = z.output<typeof sessionOperations.logIn.body>;

async function begin({ users, sessions, tokens }: UserContext, body: Wish, req: Request): Promise<Session> {
  const { userId, outcome, session } = await tryPassword({ users, sessions }, body);
  const subject = userId === undefined ? undefined : `user:${String(userId)}`;
  audit(req, session === undefined ? 'authn_login_fail' : 'authn_login_success', { subject, outcome });
  if (session === undefined) throw unauthorized('The e-mail address or the password is wrong.');
  return toSession(tokens, session);
}

export const logIn = (context: UserContext) =>
  handle(
    sessionOperations.logIn,
    async ({ body, req }) => reply(201, await begin(context, body, req), { 'Cache-Control': 'no-store' }),
    { before: context.rates.passwords },
  );

export const logInBrowser = (context: UserContext) =>
  handle(
    sessionOperations.logInBrowser,
    async ({ body, req }) => {
      const before = cookiesOf(req);
      const session = await begin(context, body, req);
      // The cookie that it was in is overwritten: nobody could end it any more.
      for (const one of before) await context.sessions.end(one);
      return reply(201, withoutRefreshToken(session), cookieHeaders(req, session.refreshToken));
    },
    { before: context.rates.passwords },
  );
