import { sessionOperations } from '../../../contracts/http/sessions.js';
import { logIn as tryPassword } from '../../../services/user/log-in.js';
import { audit } from '../../http/audit.js';
import { handle, reply } from '../../http/handle.js';
import { unauthorized } from '../../http/problem.js';
import { toSession } from '../../../services/user/access-tokens.js';
import type { UserContext } from '../service.js';

export const logIn = ({ users, sessions, tokens, rates }: UserContext) =>
  handle(
    sessionOperations.logIn,
    async ({ body, req }) => {
      const { userId, outcome, session } = await tryPassword({ users, sessions }, body);
      const subject = userId === undefined ? undefined : `user:${String(userId)}`;
      audit(req, session === undefined ? 'authn_login_fail' : 'authn_login_success', { subject, outcome });
      if (session === undefined) throw unauthorized('The e-mail address or the password is wrong.');
      return reply(201, await toSession(tokens, session), { 'Cache-Control': 'no-store' });
    },
    { before: rates.passwords },
  );
