import type { RequestHandler, Router } from 'express';
import { userOperations } from '../../../contracts/http/operations/users.js';
import type { User } from '../../../contracts/http/users.js';
import { hashPassword, passwordMatches } from '../../../services/user/passwords.js';
import { isAdmin, principalOf } from '../../http/access.js';
import { audit } from '../../http/audit.js';
import { expectedOf, sendVersioned } from '../../http/etag.js';
import { forbidden, notFound, problemOf } from '../../http/problem.js';
import { route } from '../../http/route.js';
import { parseBody, parseParams } from '../../http/validate.js';
import { requireGoodPassword } from '../good-password.js';
import { requireSelfOrAdmin } from '../self-or-admin.js';
import type { UserContext } from '../context.js';

const operation = userOperations.changeUser;

/**
 * By oneself or an admin; `disabled` by an admin alone, and never one's own. Whoever holds a stolen token doesn't get the account
 * with it: one's own new password needs the one before.
 */
export function changeUser({ users, auth, rates }: Pick<UserContext, 'users' | 'auth' | 'rates'>): Router {
  return route(operation, { auth }, ...whenPassword(rates.passwords), async (req, res) => {
    const { id } = parseParams(operation.params, req);
    requireSelfOrAdmin(req, id);
    const { password, currentPassword, ...changes } = parseBody(operation.body, req);
    const principal = principalOf(req);
    const isSelf = principal.kind === 'user' && principal.userId === id;
    if (changes.disabled !== undefined && (isSelf || !isAdmin(principal)))
      throw forbidden('Only an admin may set `disabled`, and nobody their own.');
    if (password !== undefined) {
      const found = await users.findCredentials({ id });
      if (isSelf && !(await passwordMatches(found?.passwordHash, currentPassword ?? '')))
        throw problemOf('wrong-password');
      if (found === undefined) throw notFound();
      requireGoodPassword(password, found.user.email);
    }
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const user = await users.update(id, { ...changes, passwordHash }, expectedOf(req));
    if (user === undefined) throw notFound();
    if (user === 'stale') throw problemOf('precondition-failed');
    const subject = `user:${String(id)}`;
    if (passwordHash !== undefined) audit(req, 'authn_password_change', { subject });
    if (changes.disabled !== undefined) audit(req, changes.disabled ? 'user_disabled' : 'user_enabled', { subject });
    sendVersioned<User>(res, user);
  });
}

/** Trying one's own is trying it, as at a log-in. */
const whenPassword = (limits: RequestHandler[]): RequestHandler[] =>
  limits.map((limit) => (req, res, next) => {
    const { password } = (req.body ?? {}) as { password?: unknown };
    return password === undefined ? next() : limit(req, res, next);
  });
