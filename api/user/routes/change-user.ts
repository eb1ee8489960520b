import type { RequestHandler } from 'express';
import { userOperations } from '../../../contracts/http/users.js';
import { hashPassword, passwordMatches } from '../../../services/user/passwords.js';
import { isUser, requireSelfOrAdmin } from '../../http/access.js';
import { audit } from '../../http/audit.js';
import { expectedOf, versioned, handle } from '../../http/handle.js';
import { forbidden, notFound, problemOf } from '../../http/problem.js';
import { auditRights } from '../audit-rights.js';
import { requireGoodPassword } from '../good-password.js';
import type { UserContext } from '../service.js';

/**
 * By oneself or an admin. What somebody may, `disabled` and `admin`, is for another admin to say, so that no admin locks
 * themselves out. Whoever holds a stolen token doesn't get the account with it: one's own new password needs the one before.
 */
export const changeUser = ({ users, rates }: UserContext) =>
  handle(
    userOperations.changeUser,
    async (call) => {
      const { caller, req } = call;
      const { id } = call.params;
      requireSelfOrAdmin(caller, id);
      const { password, currentPassword, ...changes } = call.body;
      const isSelf = isUser(caller, id);
      // Who changes another user is an admin: nobody else comes past the line before.
      if (isSelf && (changes.disabled ?? changes.admin) !== undefined)
        throw forbidden('Only an admin may set `disabled` or `admin`, and nobody their own.');
      if (password !== undefined) {
        const found = await users.findCredentials({ id });
        if (isSelf && !(await passwordMatches(found?.passwordHash, currentPassword ?? '')))
          throw problemOf('wrong-password');
        if (found === undefined) throw notFound();
        requireGoodPassword(password, found.user.email);
      }
      const passwordHash = password === undefined ? undefined : await hashPassword(password);
      const done = await users.update(id, { ...changes, passwordHash }, expectedOf(call.headers));
      if (done === undefined) throw notFound();
      if (done === 'stale') throw problemOf('precondition-failed');
      if (passwordHash !== undefined) audit(req, 'authn_password_change', { subject: `user:${String(id)}` });
      auditRights(done.before, done.user, (event, entry) => audit(req, event, entry));
      return versioned(done.user);
    },
    { before: whenPassword(rates.passwords) },
  );

/** Trying one's own is trying it, as at a log-in. */
const whenPassword = (limits: RequestHandler[]): RequestHandler[] =>
  limits.map((limit) => (req, res, next) => {
    const { password } = (req.body ?? {}) as { password?: unknown };
    return password === undefined ? next() : limit(req, res, next);
  });
