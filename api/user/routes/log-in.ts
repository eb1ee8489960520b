import type { Router } from 'express';
import { sessionOperations } from '../../../contracts/http/operations/sessions.js';
import { logIn as tryPassword } from '../../../services/user/log-in.js';
import { audit } from '../../http/audit.js';
import { unauthorized } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody } from '../../http/validate.js';
import { sendSession } from '../session-answer.js';
import type { UserContext } from '../context.js';

const operation = sessionOperations.logIn;

export function logIn({
  users,
  sessions,
  tokens,
  auth,
  rates,
}: Pick<UserContext, 'users' | 'sessions' | 'tokens' | 'auth' | 'rates'>): Router {
  return route(operation, { auth }, ...rates.passwords, async (req, res) => {
    const { userId, outcome, session } = await tryPassword({ users, sessions }, parseBody(operation.body, req));
    const subject = userId === undefined ? undefined : `user:${String(userId)}`;
    audit(req, session === undefined ? 'authn_login_fail' : 'authn_login_success', { subject, outcome });
    if (session === undefined) throw unauthorized('The e-mail address or the password is wrong.');
    await sendSession(res.status(201), tokens, session);
  });
}
