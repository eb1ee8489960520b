import type { Router } from 'express';
import { sessionOperations } from '../../../contracts/http/operations/sessions.js';
import type { AccessTokens } from '../../../services/user/access-tokens.js';
import { logIn } from '../../../services/user/log-in.js';
import type { SessionStore } from '../../../services/user/session-store.js';
import type { UserStore } from '../../../services/user/user-store.js';
import type { Authenticator } from '../../http/auth.js';
import { unauthorized } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody } from '../../http/validate.js';
import { sendSession } from '../session-answer.js';
import type { UserRates } from '../rate-limits.js';

const operation = sessionOperations.logIn;

export function logInRoute({
  users,
  sessions,
  tokens,
  auth,
  rates,
}: {
  users: UserStore;
  sessions: SessionStore;
  tokens: AccessTokens;
  auth: Authenticator;
  rates: UserRates;
}): Router {
  return route(operation, { auth }, ...rates.passwords, async (req, res) => {
    const loggedIn = await logIn({ users, sessions }, parseBody(operation.body, req));
    if (loggedIn === undefined) throw unauthorized('The e-mail address or the password is wrong.');
    await sendSession(res.status(201), tokens, loggedIn);
  });
}
