import type { RequestHandler } from 'express';
import { userOperations } from '../../../contracts/http/users.js';
import { hashPassword, passwordMatches } from '../../../services/user/passwords.js';
import { isAdmin, isUser, requireSelfOrAdmin } from '../../http/access.js';
import { audit } from '../../http/audit.js';
import { expectedOf, versioned, handle } from '../../http/handle.js';
import { forbidden, notFound, problemOf } from '../../http/problem.js';
import { requireGoodPassword } from '../good-password.js';
import type { UserContext } from '../service.js';

/**
 * By oneself or an admin; `disabled` by an admin alone, and never one's own. Whoever holds a stolen token doesn't get the account
 * with it: one's own new password needs the one before.
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
      if (changes.disabled !== undefined && (isSelf || !isAdmin(caller)))
        throw forbidden('Only an admin may set `disabled`, and nobody their own.');
      if (password !== undefined) {
        const found = await users.findCredentials({ id });
        if (isSelf && !(await passwordMatches(found?.passwordHash, currentPassword ?? '')))
          throw problemOf('wrong-password');
        if (found === undefined) throw notFound();
        requireGoodPassword(password, found.user.email);
      }
      const passwordHash = password === undefined ? undefined : await hashPassword(password);
      const user = await users.update(id, { ...changes, passwordHash }, expectedOf(call.headers));
      if (user === undefined) throw notFound();
      if (user === 'stale') throw problemOf('precondition-failed');
      const subject = `user:${String(id)}`;
      if (passwordHash !== undefined) audit(req, 'authn_password_change', { subject });
      if (changes.disabled !== undefined) audit(req, changes.disabled ? 'user_disabled' : 'user_enabled', { subject });
      return versioned(user);
    },
    { before: whenPassword(rates.passwords) },
  );

/** Trying one's own is trying it, as at a log-in. */
const whenPassword = (limits: RequestHandler[]): RequestHandler[] =>
  limits.map((limit) => (req, res, next) => {
    const { password } = (req.body ?? {}) as { password?: unknown };
    return password === undefined ? next() : limit(req, res, next);
  });
