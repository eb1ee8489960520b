import { Router } from 'express';
import { logInBodySchema } from '../../../contracts/http/sessions.js';
import type { AccessTokens } from '../../../services/user/access-tokens.js';
import { logIn } from '../../../services/user/log-in.js';
import type { SessionStore } from '../../../services/user/session-store.js';
import type { UserStore } from '../../../services/user/user-store.js';
import { unauthorized } from '../../http/problem.js';
import { parseBody } from '../../http/validate.js';
import { sendSession } from '../session-answer.js';

/** POST /sessions */
export function logInRoute({
  users,
  sessions,
  tokens,
}: {
  users: UserStore;
  sessions: SessionStore;
  tokens: AccessTokens;
}): Router {
  const router = Router();
  router.post('/sessions', async (req, res) => {
    const loggedIn = await logIn({ users, sessions }, parseBody(logInBodySchema, req));
    if (loggedIn === undefined) throw unauthorized('The e-mail address or the password is wrong.');
    await sendSession(res.status(201), tokens, loggedIn);
  });
  return router;
}
